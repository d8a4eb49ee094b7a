"""What the pages say against what the models say: part of bench_pages."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from recommender.data.histories import History
from recommender.pages.home import draft_rows
from recommender.serving import Recommender
from recommender.serving.filters import Filters
from recommender.serving.likeness import most_alike

from .page_figures import say
from .page_world import Site

RATERS, FIRST_RATINGS, MOST_RATED = 60, 60, 300


def contradictions(site: Site, dataset: str, whole: bool) -> None:
    """What a page says against what the models say, for real raters as members."""
    ratings = site.ratings
    raters = np.random.default_rng(1).permutation(np.unique(ratings.users[: site.stop]))
    for histories, most in (("whole", len(ratings)), ("first 60", FIRST_RATINGS)):
        found: dict[str, list[tuple[int, float]]] = {}
        for user in raters[: RATERS if whole else RATERS // 3]:
            rows = np.flatnonzero(ratings.users[: site.stop] == user)[:most]
            person = site.recommender(rows)
            own = dict(zip(ratings.items[rows].tolist(), ratings.stars[rows].tolist(), strict=True))
            mean = person.scores.mean_stars
            for row in draft_rows(person):
                ids = np.array(row.draft.movie_ids, np.int64)
                kind = row.key.partition("-")[0]
                if row.key == "watch-next" and person.scores.stars is not None:
                    under = person.scores.stars[ids - 1] < mean - 0.25
                    _note(found, "watch next under the member's mean by 1/4 star", user, under)
                if kind == "because":
                    _note(found, "because, fewer than 3 ratings", user, site.counts[ids] < 3)
                named = [one.movie_id for some in row.draft.reasons for one in some]
                stars = np.array([own[one] for one in named])
                _note(found, "reasons under the member's mean", user, stars < mean)
                _note(found, "seen films offered", user, np.isin(ids, ratings.items[rows]))
                sagas = site.live.catalog.collection[ids - 1]
                most_of_one = max(
                    np.bincount(np.unique(sagas[sagas > 0], return_inverse=True)[1]), default=0
                )
                _note(found, "rows with one collection more than twice", user, [most_of_one > 2])
        for name, some in found.items():
            users, values = np.array(some).T
            say(name, values, users, dataset=dataset, histories=histories)
    allowed = np.ones(len(site.live.catalog), bool)
    for film in np.argsort(-site.counts)[: MOST_RATED if whole else MOST_RATED // 10]:
        if film:
            rows, _ = most_alike(site.live, int(film) - 1, 12, allowed)
            found.setdefault("alike", []).append(
                (int(film), float((site.counts[rows + 1] < 3).mean()))
            )
    films, values = np.array(found["alike"]).T
    say("more like this, fewer than 3 ratings", values, films, dataset=dataset)
    _opposites(site, dataset, whole)


def _note(
    found: dict[str, list[tuple[int, float]]], name: str, user: int, flags: Iterable[bool]
) -> None:
    found.setdefault(name, []).extend((int(user), float(flag)) for flag in flags)


def _opposites(site: Site, dataset: str, whole: bool) -> None:
    """Two members with opposite stars on the same thirty films: how many of twenty they share."""
    ratings, shared, who = site.ratings, [], []
    for user in np.unique(ratings.users[: site.stop]):
        rows = np.flatnonzero(ratings.users[: site.stop] == user)[:30]
        if len(rows) < 30 or len(who) == (RATERS if whole else RATERS // 3):
            continue
        lists = [
            set(
                Recommender(
                    History(movie_ids=ratings.items[rows], stars=stars), Filters(), site.live
                )
                .watch_next(20)
                .rows.tolist()
            )
            for stars in (ratings.stars[rows], 5.5 - ratings.stars[rows])
        ]
        shared.append(len(lists[0] & lists[1]))
        who.append(user)
    say("shared by members of opposite stars, of 20", shared, np.array(who), dataset=dataset)

"""What a member lives: the pages that would have been served, judged by what was rated next.

python -m tests.benchmarks.bench_pages [DATASET ...] [--whole]
    [--parts stars intervals pause page new_films contradictions]

Offline, through the code that serves (`recommender.serving`, `recommender.pages`), on the ratings
of a dataset in the order of time. Prints a JSON line for each figure: its value, the 95 % interval
of a bootstrap over users, and how many users and questions it rests on. Without ``--whole`` one
dataset, one cut and fewer users: minutes instead of an hour. Settings were chosen on the ratings
before the last 20 %, which are the replayed ones.
"""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Iterator, Sequence
from pathlib import Path

import django
import numpy as np

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "moviesite.settings")
django.setup()

from moviesite.local.first_data import first_dataset  # noqa: E402
from recommender.learning.arrays import FloatArray, IntArray  # noqa: E402
from recommender.learning.presets.mix import USUAL  # noqa: E402
from recommender.pages.home import draft_rows  # noqa: E402

from .page_contradictions import contradictions  # noqa: E402
from .page_figures import say  # noqa: E402
from .page_new_films import new_films  # noqa: E402
from .page_peers import Peer, peers  # noqa: E402
from .page_stars import intervals, stars_forward  # noqa: E402
from .page_world import Ratings, Site, read, train  # noqa: E402
from .places import ROOT, data_folder  # noqa: E402

DATASETS = ("movies-dataset-small", "ml-latest-small-2018", "ml-100k")
PARTS = ("stars", "intervals", "pause", "page", "new_films", "contradictions")
REPLAYED = 0.8  # of the ratings are learned from, the others replayed
VISIT = 3600  # seconds without a rating, after which a new visit begins
VISITS_OF_EACH = 12
FIRST_FILMS = 24
QUESTIONS = 4000
PAUSES = {"under a minute": 60, "under an hour": 3600, "under a day": 86_400}
RANKED_BY = ("sequence preset", "watch next", "popular lately")

Visit = tuple[int, IntArray, IntArray]
"""Who, the rows of the ratings made before, and those of the visit."""


def visits(ratings: Ratings, start: int) -> Iterator[Visit]:
    """Visits from ``start`` on of members who have rated before, a few of each."""
    random = np.random.default_rng(0)
    for user in np.unique(ratings.users[start:]):
        rows = np.flatnonzero(ratings.users == user)
        begins = np.flatnonzero(np.diff(ratings.times[rows], prepend=-VISIT) >= VISIT)
        ends = dict(zip(begins, [*begins[1:], len(rows)], strict=True))
        begins = begins[(rows[begins] >= start) & (begins > 0)]
        if len(begins) > VISITS_OF_EACH:
            begins = np.sort(random.choice(begins, VISITS_OF_EACH, replace=False))
        for begin in begins:
            yield int(user), rows[:begin], rows[begin : ends[begin]]


def page(site: Site, dataset: str) -> None:
    """The first films of home at each visit: how many of them the member then liked."""
    ratings, others = site.ratings, peers(site)
    asked = list(visits(ratings, site.stop))
    users = np.array([user for user, _, _ in asked])
    shown: dict[str, list[IntArray]] = {"page": [], **{name: [] for name in others}}
    of_rows: dict[str, list[tuple[int, IntArray]]] = {}
    for number, (_, before, now) in enumerate(asked):
        rows = draft_rows(site.recommender(before, int(now[0])))
        films = [np.array(row.draft.movie_ids, np.int64) for row in rows]
        shown["page"].append(np.concatenate(films)[:FIRST_FILMS])
        for row, movie_ids in zip(rows, films, strict=True):
            of_rows.setdefault(row.key.partition("-")[0], []).append((number, movie_ids))
        for name, peer in others.items():
            shown[name].append(_best(peer, ratings.items[before], int(now[0])))
    liked = [_liked(ratings, before, now) for _, before, now in asked]
    for name, lists in shown.items():
        facts = {"dataset": dataset, "by": name}
        hits = [np.isin(one, good).sum() for one, good in zip(lists, liked, strict=True)]
        say("liked films among the first 24", hits, users, **facts)
        rare = [(site.counts[one] < 5).mean() for one in lists]
        say("share of films with fewer than 5 ratings", rare, users, **facts)
        sagas = [(site.live.catalog.collection[one - 1] > 0).mean() for one in lists]
        say("share of films of a series", sagas, users, **facts)
        apart = [
            _apart(site, ratings.items[before], one)
            for (_, before, _), one in zip(asked, lists, strict=True)
        ]
        say("genres shown against the member's own, total variation", apart, users, **facts)
        covered = len(np.unique(np.concatenate(lists))) / int((site.counts > 0).sum())
        print(json.dumps({"figure": "coverage of rated films", **facts, "value": covered}))
    _say_stars_of_hits(ratings, asked, shown["page"], dataset)
    for key, some in of_rows.items():
        hits = [np.isin(films, liked[number]).sum() for number, films in some]
        who = users[[number for number, _ in some]]
        say("liked films in the row", hits, who, dataset=dataset, row=key)


def _apart(site: Site, history: IntArray, shown: IntArray) -> float:
    """How far the genres of films shown are from those of films rated: 0 for the same shares, 1 for
    no genre in common (calibration, Steck, RecSys 2018, by total variation)."""
    own, given = (
        shares / max(shares.sum(), 1e-9)
        for shares in (site.genres[films - 1].sum(axis=0) for films in (history, shown))
    )
    return float(np.abs(own - given).sum() / 2)


def _best(peer: Peer, history: IntArray, now: int) -> IntArray:
    merit = np.array(peer(history, now), np.float64)
    merit[history] = -np.inf
    merit[0] = -np.inf
    return np.argsort(-merit, kind="stable")[:FIRST_FILMS]


def _liked(ratings: Ratings, before: IntArray, now: IntArray) -> IntArray:
    return ratings.items[now[ratings.stars[now] >= ratings.stars[before].mean()]]


def _say_stars_of_hits(
    ratings: Ratings, asked: Sequence[Visit], shown: Sequence[IntArray], dataset: str
) -> None:
    found = [
        (user, float(ratings.stars[row] - ratings.stars[before].mean()))
        for (user, before, now), films in zip(asked, shown, strict=True)
        for row in now
        if ratings.items[row] in films
    ]
    users, above = np.array(found).reshape(-1, 2).T
    say("stars of the page's hits above the member's mean", above, users, dataset=dataset)


def after_a_pause(site: Site, dataset: str) -> None:
    """NDCG@10 of the next film by how long ago the last rating was."""
    ratings, lately = site.ratings, peers(site)["popular lately"]
    found: dict[str, list[tuple[float, ...]]] = {}
    late = np.arange(site.stop, len(ratings))
    chosen = np.random.default_rng(0).choice(late, min(len(late), QUESTIONS), replace=False)
    for row in np.sort(chosen):
        before = np.flatnonzero(ratings.users[:row] == ratings.users[row])
        if not len(before):
            continue
        pause = int(ratings.times[row] - ratings.times[before[-1]])
        name = next((name for name, most in PAUSES.items() if pause < most), "a day or more")
        person, target = site.recommender(before), int(ratings.items[row]) - 1
        following, chances, stars = (
            person.scores.next_scores,
            person.scores.log_chances,
            person.scores.stars,
        )
        assert following is not None
        assert chances is not None
        assert stars is not None
        merit = stars + np.float32(USUAL.watch_next.next_weight) * chances
        popular = lately(ratings.items[before], int(row))[1:]
        gains = [
            _gain(np.where(person.allowed, one, -np.inf), target)
            for one in (following, merit, popular)
        ]
        found.setdefault(name, []).append((float(ratings.users[row]), *gains))
    for name, some in found.items():
        users, *columns = np.array(some).T
        for by, values in zip(RANKED_BY, columns, strict=True):
            say("next film, NDCG@10", values, users, dataset=dataset, pause=name, by=by)


def _gain(scores: FloatArray, target: int) -> float:
    rank = 1 + int((scores > scores[target]).sum())
    return 1 / float(np.log2(rank + 1)) if rank <= 10 and np.isfinite(scores[target]) else 0.0


def measure(ratings: Ratings, dataset: str, parts: Sequence[str], whole: bool) -> None:
    if "stars" in parts:
        stars_forward(ratings, whole, dataset)
    if "intervals" in parts:
        intervals(ratings, dataset)
    if not {"pause", "page", "new_films", "contradictions"} & set(parts):
        return
    site = train(ratings, int(REPLAYED * len(ratings)), whole=whole)
    if "pause" in parts:
        after_a_pause(site, dataset)
    if "page" in parts:
        page(site, dataset)
    if "new_films" in parts:
        new_films(site, dataset)
    if "contradictions" in parts:
        contradictions(site, dataset, whole)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("datasets", nargs="*", help=f"of {', '.join(DATASETS)}, or paths")
    parser.add_argument("--whole", action="store_true", help="all datasets, cuts and raters")
    parser.add_argument("--parts", nargs="+", default=PARTS, choices=PARTS)
    arguments = parser.parse_args()
    for name in arguments.datasets or (DATASETS if arguments.whole else DATASETS[:1]):
        ratings = read(_path_of(name))
        measure(ratings, Path(name).name, arguments.parts, arguments.whole)


def _path_of(name: str) -> Path:
    if Path(name).exists():
        return Path(name)
    if name == "ml-100k":
        return Path(first_dataset("", ROOT / "var"))
    return data_folder() / name


if __name__ == "__main__":
    main()

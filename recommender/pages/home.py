"""The rows of the home page: each film once per page."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
from django.utils.translation import gettext as _

from catalog.models.movie import FEWEST_PEOPLE
from recommender.learning.arrays import BoolArray
from recommender.pages.cards import Card, Draft, draft, films_of
from recommender.serving.elicitation import most_informative
from recommender.serving.explanations import FEWEST_RATINGS
from recommender.serving.likeness import most_alike
from recommender.serving.ranking import Ranking, Source, without_crowds
from recommender.serving.recommender import MOST_OF_A_COLLECTION, Recommender

ROW_LENGTH = 12
MINIMUM = 3  # a row with fewer films is left out
BECAUSE_ROWS = 3
RECENT = 30  # ratings among which films for "Because you rated" are looked for
FEWEST_OF_ALIKE = 3  # ratings of a film in "Because you rated"
HIGH_STARS = 4.0
NEW_FILM_WEIGHT = np.float32(1.0)  # stars per nat of the chance to be watched next
LEARNING_RATINGS = 20  # with fewer, a member is asked for more
MONTH_RATINGS = FEWEST_PEOPLE  # a film rated less often this month is not popular this month


@dataclass(frozen=True)
class Row:
    key: str
    title: str
    subtitle: str
    cards: list[Card]


@dataclass(frozen=True)
class RowDraft:
    """A row before its films are read; ``about`` is the film that its title names, 0 for none."""

    key: str
    title: str
    subtitle: str
    draft: Draft
    about: int


@dataclass
class _Page:
    """What is on the page so far; rankings are made in the order in which the rows stand."""

    recommender: Recommender
    taken: BoolArray = field(init=False)
    drafts: list[RowDraft] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.taken = np.zeros(len(self.recommender.live.catalog), np.bool_)

    def add(
        self, key: str, title: str, subtitle: str, ranking: Ranking, about: int | None = None
    ) -> None:
        if len(ranking) < MINIMUM:
            return
        self.taken[ranking.rows] = True
        one = draft(self.recommender, ranking)
        self.drafts.append(RowDraft(key, title, subtitle, one, about or 0))


def home_rows(recommender: Recommender) -> list[Row]:
    """The rows for one person, in the order in which they stand.

    All films of the page are read at once; ``%(film)s`` in a title becomes the film's name.
    """
    drafts = draft_rows(recommender)
    films = films_of([row.draft for row in drafts], {row.about for row in drafts})
    made = []
    for row in drafts:
        if row.about and row.about not in films.named:
            continue
        named = row.title % {"film": films.named[row.about].title} if row.about else row.title
        if cards := row.draft.cards(films):
            made.append(Row(row.key, named, row.subtitle, cards))
    return made


def draft_rows(recommender: Recommender) -> list[RowDraft]:
    """Which films stand on the page, by the arrays alone: no query is made."""
    page = _Page(recommender)
    if recommender.scores.has_known_history:
        _personal_rows(page)
    _community_rows(page)
    return page.drafts


def _personal_rows(page: _Page) -> None:
    recommender = page.recommender
    page.add(
        "top-picks",
        _("Top picks for you"),
        _("Chosen by all that we know of your taste"),
        recommender.top_picks(ROW_LENGTH, page.taken),
    )
    page.add(
        "watch-next",
        _("Watch next"),
        _("What people with a history like yours watched next"),
        recommender.watch_next(ROW_LENGTH, page.taken),
    )
    if (ranking := _new_films(page)) is not None:
        page.add(
            "new-films",
            _("New, and likely yours"),
            _("Foreseen by what they are, as far as hardly anybody has rated them"),
            ranking,
        )
    if len(recommender.history) < LEARNING_RATINGS:
        _elicitation_row(page)
    for movie_id, ranking in _because_you_rated(page):
        page.add(f"because-{movie_id}", _("Because you rated %(film)s"), "", ranking, movie_id)


def _community_rows(page: _Page) -> None:
    recommender, catalog = page.recommender, page.recommender.live.catalog
    month = np.where(catalog.month_count >= MONTH_RATINGS, catalog.month_count, -np.inf)
    ranking = recommender.rank_by(
        month.astype(np.float32), ROW_LENGTH, page.taken, Source.POPULARITY
    )
    if len(ranking) >= ROW_LENGTH:
        page.add("popular", _("Popular this month"), _("Rated most in the last 30 days"), ranking)
    else:
        ranking = recommender.popular(ROW_LENGTH, page.taken)
        page.add("popular", _("Popular"), _("Rated by the most people"), ranking)
    page.add(
        "little-seen",
        _("Highly rated but little seen"),
        _("Good films that few people have found"),
        _little_seen(page),
    )
    if not recommender.scores.has_known_history:
        _elicitation_row(page)


def _elicitation_row(page: _Page) -> None:
    page.add(
        "teach",
        _("Rate these to help us get to know you"),
        _("The ratings that would tell us most about your taste"),
        most_informative(page.recommender, ROW_LENGTH, page.taken),
    )


def _because_you_rated(page: _Page) -> Iterator[tuple[int, Ranking]]:
    """For the best and newest of the recent ratings: the films most like each.

    None of them is foreseen under the member's own mean.
    """
    recommender = page.recommender
    placed, scores = recommender.live.factorization, recommender.scores
    if placed is None or scores.stars is None or not recommender.history.rated:
        return
    likeable = scores.stars >= scores.mean_stars
    made = 0
    for movie_id, row in _liked_recently(recommender):
        allowed = recommender.allowed & ~page.taken & likeable
        ranking = _alike(recommender, row, allowed, placed.version.label)
        if len(ranking) < MINIMUM:
            continue
        yield movie_id, ranking
        made += 1
        if made == BECAUSE_ROWS:
            return


def _alike(recommender: Recommender, row: int, allowed: BoolArray, version: str) -> Ranking:
    """Films like the one at ``row``, as far as some people have rated them."""
    catalog = recommender.live.catalog
    met = catalog.rating_count >= FEWEST_OF_ALIKE
    found, alike = most_alike(recommender.live, row, 2 * ROW_LENGTH, allowed & met)
    rows = without_crowds(found[alike > 0], catalog.collection, MOST_OF_A_COLLECTION)[:ROW_LENGTH]
    scores = alike[np.isin(found, rows)]
    return Ranking(rows=rows, scores=scores, source=Source.SIMILAR, version=version)


def _liked_recently(recommender: Recommender) -> list[tuple[int, int]]:
    """Movie and row of recent ratings that are high, the highest and then the newest first."""
    movie_ids, stars = recommender.history.movie_ids[-RECENT:], recommender.history.stars[-RECENT:]
    rows = recommender.live.catalog.rows_of(movie_ids)
    order = np.lexsort((np.arange(len(stars)), stars))[::-1]
    return [
        (int(movie_ids[place]), int(rows[place]))
        for place in order
        if stars[place] >= max(HIGH_STARS, recommender.scores.mean_stars)
        and rows[place] >= 0
        and recommender.live.catalog.rating_count[rows[place]] >= FEWEST_RATINGS
    ]


def _new_films(page: _Page) -> Ranking | None:
    """New films that are foreseen above the member's own mean, and that many will watch."""
    recommender, scores = page.recommender, page.recommender.scores
    stars, chances = scores.stars, scores.log_chances
    if stars is None or not recommender.history.rated:
        return None
    merit = stars if chances is None else stars + NEW_FILM_WEIGHT * chances
    suits = recommender.live.catalog.is_new & (stars >= scores.mean_stars)
    return recommender.rank_by(merit, ROW_LENGTH, page.taken | ~suits, Source.FACTORIZATION)


def _little_seen(page: _Page) -> Ranking:
    """For a member by predicted stars, for others by the mean, among films with few ratings."""
    recommender, catalog = page.recommender, page.recommender.live.catalog
    few = catalog.is_little_seen
    if recommender.scores.has_known_history and recommender.scores.stars is not None:
        scores = recommender.lower_bounds(recommender.scores.stars, page.taken | ~few)
        return recommender.rank_by(scores, ROW_LENGTH, page.taken, Source.FACTORIZATION)
    scores = np.where(few, catalog.rating_mean, np.float32(-np.inf))
    return recommender.rank_by(scores, ROW_LENGTH, page.taken, Source.POPULARITY)

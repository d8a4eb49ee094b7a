"""The rows of the home page: each film once per page."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

from recommender.learning.arrays import BoolArray
from recommender.pages.cards import Card, Draft, draft, films_of
from recommender.pages.rotation import Turn, first_then_by_turn, length_to_ask, turned
from recommender.pages.rows import BECAUSE, BECAUSE_KEY, KINDS, alike, by_stars, liked_recently
from recommender.serving.ranking import Ranking
from recommender.serving.recommender import Recommender

ROW_LENGTH = 12
MINIMUM = 3  # a row with fewer films is left out
BECAUSE_ROWS = 3
BECAUSE_IN_TURN = 7  # ratings that take turns in naming rows, beside the best of them
LEARNING_RATINGS = 20  # with fewer, a member is asked for more


@dataclass(frozen=True)
class Row:
    """``page`` is the key of the page with all of its films."""

    key: str
    title: str
    subtitle: str
    cards: list[Card]
    page: str = ""


@dataclass(frozen=True)
class RowDraft:
    """A row before its films are read; ``about`` is the film that its title names, 0 for none."""

    key: str
    title: str
    subtitle: str
    draft: Draft
    about: int
    page: str


@dataclass
class _Page:
    """What is on the page so far; rankings are made in the order in which the rows stand.

    With a ``turn`` rows turn from day to day; without one they hold what is best.
    """

    recommender: Recommender
    turn: Turn | None
    taken: BoolArray = field(init=False)
    drafts: list[RowDraft] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.taken = np.zeros(len(self.recommender.live.catalog), np.bool_)

    def add(self, page: str, *, key: str = "", turns: bool = True) -> bool:
        """Add a row of `KINDS`; False where it has too few films."""
        kind = KINDS[page]
        ranking = self._in_turn(
            lambda length: kind.rank(self.recommender, length, self.taken), turns=turns
        )
        if kind.by_stars:
            ranking = by_stars(self.recommender, ranking)
        return self._put(key or page, str(kind.title), str(kind.subtitle), ranking, page)

    def add_because(self, movie_id: int) -> bool:
        ranking = self._in_turn(
            lambda length: alike(self.recommender, movie_id, length, self.taken)
        )
        key = f"{BECAUSE_KEY}{movie_id}"
        return self._put(key, str(BECAUSE), "", ranking, key, about=movie_id)

    def _in_turn(self, rank: Callable[[int], Ranking], *, turns: bool = True) -> Ranking:
        if self.turn is None or not turns or self.recommender.filters.diversity:
            return rank(ROW_LENGTH)
        return turned(rank(length_to_ask(ROW_LENGTH)), ROW_LENGTH, self.turn)

    def _put(
        self, key: str, title: str, subtitle: str, ranking: Ranking, page: str, about: int = 0
    ) -> bool:
        if len(ranking) < MINIMUM:
            return False
        self.taken[ranking.rows] = True
        one = draft(self.recommender, ranking)
        self.drafts.append(RowDraft(key, title, subtitle, one, about, page))
        return True


def home_rows(
    recommender: Recommender, skip: Sequence[int] = (), turn: Turn | None = None
) -> list[Row]:
    """The rows for one person, in the order in which they stand, without the films to ``skip``.

    All films of the page are read at once; ``%(film)s`` in a title becomes the film's name.
    """
    drafts = draft_rows(recommender, skip, turn)
    films = films_of([row.draft for row in drafts], {row.about for row in drafts})
    made = []
    for row in drafts:
        if row.about and row.about not in films.named:
            continue
        named = row.title % {"film": films.named[row.about].shown_title} if row.about else row.title
        if cards := row.draft.cards(films):
            made.append(Row(row.key, named, row.subtitle, cards, row.page))
    return made


def draft_rows(
    recommender: Recommender, skip: Sequence[int] = (), turn: Turn | None = None
) -> list[RowDraft]:
    """Which films stand on the page, by the arrays alone: no query is made."""
    page = _Page(recommender, turn)
    page.taken |= recommender.live.catalog.mask_of(skip)
    if recommender.scores.has_known_history:
        _personal_rows(page)
    _community_rows(page)
    return page.drafts


def _personal_rows(page: _Page) -> None:
    page.add("top-picks")
    page.add("watch-next")
    page.add("new-films")
    if len(page.recommender.history) < LEARNING_RATINGS:
        page.add("teach", turns=False)
    _because_you_rated(page)


def _because_you_rated(page: _Page) -> None:
    """For the best and newest of the recent ratings: the films most like each."""
    liked = list(liked_recently(page.recommender))
    if page.turn is not None:
        among = liked[: 1 + BECAUSE_IN_TURN]
        liked = first_then_by_turn(among, BECAUSE_ROWS, page.turn) + liked[len(among) :]
    made = 0
    for movie_id in liked:
        made += page.add_because(movie_id)
        if made == BECAUSE_ROWS:
            return


def _community_rows(page: _Page) -> None:
    recommender = page.recommender
    if len(KINDS["month"].rank(recommender, ROW_LENGTH, page.taken)) >= ROW_LENGTH:
        page.add("month", key="popular", turns=False)
    else:
        page.add("popular", turns=False)
    page.add("little-seen")
    if not recommender.scores.has_known_history:
        page.add("teach", turns=False)

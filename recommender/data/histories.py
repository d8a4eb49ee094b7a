"""Rating histories of users: read anew for each request, cached nowhere."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from django.db import connection
from numpy.typing import NDArray

from catalog.models import DiaryEntry, HiddenMovie, Rating, SeenMovie
from recommender.data.stage_times import timed
from recommender.learning.arrays import IntArray

# How an anonymous list of films is read by a model that learns from ratings: as films liked.
LIKED_STARS = 4.5

# In the place of half-stars.
_HIDDEN, _SEEN = 0, -1

# A film was watched by the end of its day, and before it was written down.
_WATCHED = "CASE WHEN watched_on IS NOT NULL THEN least((watched_on + 1)::timestamptz, {}) END"

# As SQL, since making the same with the ORM takes longer than the database takes to answer it.
# What was seen on no known day comes first, so that it does not pretend to be recent.
_HISTORIES = f"""
    SELECT user_id, movie_id, half_stars FROM (
        SELECT user_id, movie_id, half_stars, rated_at AS at, id
        FROM {Rating._meta.db_table} WHERE user_id = ANY(%s)
        UNION ALL
        SELECT user_id, movie_id, {_HIDDEN}, hidden_at, id
        FROM {HiddenMovie._meta.db_table} WHERE user_id = ANY(%s)
        UNION ALL
        SELECT user_id, movie_id, {_SEEN}, coalesce({_WATCHED.format("marked_at")}, '-infinity'), id
        FROM {SeenMovie._meta.db_table} WHERE user_id = ANY(%s)
        UNION ALL
        SELECT user_id, movie_id, {_SEEN}, {_WATCHED.format("created_at")}, id
        FROM {DiaryEntry._meta.db_table} WHERE user_id = ANY(%s)
    ) AS history ORDER BY at, id
"""  # noqa: S608


def _none() -> IntArray:
    return np.zeros(0, np.int64)


@dataclass(frozen=True, eq=False)
class History:
    """Films in the order in which they were rated, newest last; and films without stars.

    Attributes
    ----------
    movie_ids, stars
        int64 and float32 (n,): the films that were rated.
    hidden_ids
        int64 (m,): films that the user does not want to be shown.
    seen_ids, seen_places
        int64 (k,): films seen but not rated, in the order in which they were watched, and how
        many of the ratings came before each.
    rated
        False for a list of films without ratings, whose ``stars`` are a guess.
    """

    movie_ids: IntArray = field(default_factory=_none)
    stars: NDArray[np.float32] = field(default_factory=lambda: np.zeros(0, np.float32))
    hidden_ids: IntArray = field(default_factory=_none)
    rated: bool = True
    seen_ids: IntArray = field(default_factory=_none)
    seen_places: IntArray = field(default_factory=_none)

    def __len__(self) -> int:
        """How many films were rated."""
        return len(self.movie_ids)

    @cached_property
    def watched_ids(self) -> IntArray:
        """int64 (n + k,): all films seen, with stars or without, in order of time."""
        return np.insert(self.movie_ids, self.seen_places, self.seen_ids)

    @cached_property
    def closed_ids(self) -> IntArray:
        """The films that are never offered: rated, seen or hidden."""
        return np.concatenate([self.movie_ids, self.seen_ids, self.hidden_ids])


@timed("history")
def history_of(user_id: int) -> History:
    """What a user has rated, seen and hidden, in one query."""
    return histories_of([user_id])[user_id]


def histories_of(user_ids: Sequence[int]) -> dict[int, History]:
    """The histories of several users, in one query."""
    by_user: dict[int, list[tuple[int, int]]] = {user_id: [] for user_id in user_ids}
    with connection.cursor() as cursor:
        cursor.execute(_HISTORIES, [list(user_ids)] * 4)
        for user_id, movie_id, half_stars in cursor:
            by_user[user_id].append((movie_id, half_stars))
    return {user_id: _history(pairs) for user_id, pairs in by_user.items()}


def _history(pairs: list[tuple[int, int]]) -> History:
    table = np.array(pairs, np.int64).reshape(-1, 2)
    films, half_stars = table.T
    rated = half_stars > 0
    seen = _last_of_each(films, np.flatnonzero(half_stars == _SEEN))
    seen = seen[~np.isin(films[seen], films[rated])]
    return History(
        movie_ids=films[rated],
        stars=(half_stars[rated] / 2).astype(np.float32),
        hidden_ids=films[half_stars == _HIDDEN],
        seen_ids=films[seen],
        seen_places=np.cumsum(rated, dtype=np.int64)[seen],
    )


def _last_of_each(films: IntArray, places: IntArray) -> IntArray:
    """Of the places, in order, those at which each film stands for the last time."""
    _, from_the_end = np.unique(films[places][::-1], return_index=True)
    return np.sort(places[::-1][from_the_end])


def history_from(movie_ids: Iterable[int], hidden_ids: IntArray | None = None) -> History:
    """The history of somebody who only named films, the newest last; each film counts once.

    ``hidden_ids`` are films that are not offered to them.
    """
    newest_first = dict.fromkeys(reversed(list(movie_ids)))
    unique = np.array(list(newest_first)[::-1], np.int64).reshape(-1)
    return History(
        movie_ids=unique,
        stars=np.full(len(unique), LIKED_STARS, np.float32),
        hidden_ids=_none() if hidden_ids is None else hidden_ids,
        rated=False,
    )

"""Rating histories of users: read anew for each request, cached nowhere."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
from django.db import connection
from numpy.typing import NDArray

from catalog.models import HiddenMovie, Rating
from recommender.learning.arrays import IntArray

# How an anonymous list of films is read by a model that learns from ratings: as films liked.
LIKED_STARS = 4.5

# As SQL, since making the same with the ORM takes longer than the database takes to answer it.
_HISTORIES = f"""
    SELECT user_id, movie_id, half_stars FROM (
        SELECT user_id, movie_id, half_stars, rated_at AS at, id
        FROM {Rating._meta.db_table} WHERE user_id = ANY(%s)
        UNION ALL
        SELECT user_id, movie_id, 0, hidden_at, id
        FROM {HiddenMovie._meta.db_table} WHERE user_id = ANY(%s)
    ) AS history ORDER BY at, id
"""  # noqa: S608


def _none() -> IntArray:
    return np.zeros(0, np.int64)


@dataclass(frozen=True, eq=False)
class History:
    """Films in the order in which they were rated, newest last.

    Attributes
    ----------
    movie_ids, stars
        int64 and float32 (n,).
    hidden_ids
        int64 (m,): films that the user does not want to be shown.
    rated
        False for a list of films without ratings, whose ``stars`` are a guess.
    """

    movie_ids: IntArray = field(default_factory=_none)
    stars: NDArray[np.float32] = field(default_factory=lambda: np.zeros(0, np.float32))
    hidden_ids: IntArray = field(default_factory=_none)
    rated: bool = True

    def __len__(self) -> int:
        return len(self.movie_ids)


def history_of(user_id: int) -> History:
    """A user's ratings and hidden films, in one query."""
    return histories_of([user_id])[user_id]


def histories_of(user_ids: Sequence[int]) -> dict[int, History]:
    """The histories of several users, in one query."""
    by_user: dict[int, list[tuple[int, int]]] = {user_id: [] for user_id in user_ids}
    with connection.cursor() as cursor:
        cursor.execute(_HISTORIES, [list(user_ids)] * 2)
        for user_id, movie_id, half_stars in cursor:
            by_user[user_id].append((movie_id, half_stars))
    return {user_id: _history(pairs) for user_id, pairs in by_user.items()}


def _history(pairs: list[tuple[int, int]]) -> History:
    table = np.array(pairs, np.int64).reshape(-1, 2)
    rated = table[:, 1] > 0
    return History(
        movie_ids=table[rated, 0],
        stars=(table[rated, 1] / 2).astype(np.float32),
        hidden_ids=table[~rated, 0],
    )


def history_from(movie_ids: Iterable[int], hidden_ids: IntArray | None = None) -> History:
    """The history of somebody who only named films, the newest last; each film counts once."""
    newest_first = dict.fromkeys(reversed(list(movie_ids)))
    unique = np.array(list(newest_first)[::-1], np.int64).reshape(-1)
    return History(
        movie_ids=unique,
        stars=np.full(len(unique), LIKED_STARS, np.float32),
        hidden_ids=_none() if hidden_ids is None else hidden_ids,
        rated=False,
    )

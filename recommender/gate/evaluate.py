"""Asking a version about ratings that it has not trained on, through the code that serves it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from recommender.data.snapshot import Snapshot
from recommender.gate.holdout import held_out

IntArray = NDArray[np.int64]
Floats = NDArray[np.float64]

LATE = 0.1  # the share of all ratings that counts as the newest


class Examinee(Protocol):
    """Whatever can be asked; all films are given by primary key.

    ``movie_ids`` are the films that it knows, int64, ascending, with 0 for the padding item.
    """

    movie_ids: IntArray

    def stars(
        self, movie_ids: IntArray, stars: NDArray[np.float32], asked: IntArray
    ) -> NDArray[np.float32]:
        """Predicted stars of ``asked`` (n,) for a user who rated ``movie_ids`` with ``stars``."""

    def rank(self, movie_ids: IntArray, target: int) -> float:
        """Place of ``target`` among all films but ``movie_ids``, which were watched in order."""


def choose_questions(
    snapshot: Snapshot,
    percent: float,
    limit: int,
    known: Sequence[IntArray] = (),
) -> IntArray:
    """Positions in the snapshot of the held-out ratings, ascending: the newest, if too many.

    Parameters
    ----------
    percent
        Share that was held out, of the version that held out least.
    limit
        How many at most.
    known
        Films that each version knows: only those that all know are asked about.
    """
    chosen = held_out(snapshot.user_ids, snapshot.movie_ids, percent)
    for movie_ids in known:
        chosen &= np.isin(snapshot.movie_ids, movie_ids)
    rows = np.flatnonzero(chosen)
    if len(rows) > limit:
        newest = np.argsort(snapshot.rated_at[rows], kind="stable")[-limit:]
        rows = np.sort(rows[newest])
    return rows


def late(snapshot: Snapshot, rows: IntArray) -> NDArray[np.bool_]:
    """Which questions (n,) are about the newest tenth of all ratings."""
    if not len(snapshot):
        return np.zeros(len(rows), bool)
    return snapshot.rated_at[rows] > np.quantile(snapshot.rated_at, 1 - LATE, method="lower")


def star_errors(
    snapshot: Snapshot, rows: IntArray, examinee: Examinee, check: Callable[[int], None]
) -> Floats:
    """Squared error in stars for each question; the user's other ratings are given.

    ``check`` is called with the number of questions done.
    """
    errors = np.empty(len(rows))
    for place, user, asked in by_user(snapshot, rows):
        given = np.ones(user.stop - user.start, bool)
        given[asked - user.start] = False
        predicted = examinee.stars(
            snapshot.movie_ids[user][given],
            snapshot.stars[user][given],
            snapshot.movie_ids[asked],
        )
        errors[place : place + len(asked)] = (predicted - snapshot.stars[asked]) ** 2
        check(place + len(asked))
    return errors


def forward_star_errors(
    snapshot: Snapshot, rows: IntArray, examinee: Examinee, check: Callable[[int], None]
) -> Floats:
    """As `star_errors`, but only what the user had rated before each question is given."""
    errors = np.empty(len(rows))
    for place, user, asked in by_user(snapshot, rows):
        for offset, row in enumerate(asked):
            given = slice(user.start, int(row))
            predicted = examinee.stars(
                snapshot.movie_ids[given], snapshot.stars[given], snapshot.movie_ids[[row]]
            )
            errors[place + offset] = (predicted[0] - snapshot.stars[row]) ** 2
        check(place + len(asked))
    return errors


def ranks(
    snapshot: Snapshot, rows: IntArray, examinee: Examinee, check: Callable[[int], None]
) -> Floats:
    """Rank (from 1) of each film asked about, given everything its user had rated before it."""
    found = np.empty(len(rows))
    for place, user, asked in by_user(snapshot, rows):
        for offset, row in enumerate(asked):
            history = snapshot.movie_ids[user.start : row]
            found[place + offset] = examinee.rank(history, int(snapshot.movie_ids[row]))
        check(place + len(asked))
    return found


def by_user(snapshot: Snapshot, rows: IntArray) -> Iterator[tuple[int, slice, IntArray]]:
    """For each user with questions: place of the first in ``rows``, all ratings, questions."""
    if not len(rows):
        return
    users = snapshot.user_ids[rows]
    starts = np.flatnonzero(np.concatenate([[True], users[1:] != users[:-1]]))
    for start, asked in zip(starts, np.split(rows, starts[1:]), strict=True):
        user_id = users[start]
        begin = int(np.searchsorted(snapshot.user_ids, user_id))
        end = int(np.searchsorted(snapshot.user_ids, user_id, side="right"))
        yield int(start), slice(begin, end), asked


class VersionExaminee:
    """A version as it is served: its scorer, and which film each item is."""

    def __init__(self, scorer: Any, item_movie_ids: IntArray) -> None:
        self._scorer = scorer
        self.movie_ids = np.asarray(item_movie_ids)

    def stars(
        self, movie_ids: IntArray, stars: NDArray[np.float32], asked: IntArray
    ) -> NDArray[np.float32]:
        items, known = self._items(movie_ids)
        user = self._scorer.fold_in(items, stars[known])
        return self._scorer.predict(user, self._items(asked)[0])

    def rank(self, movie_ids: IntArray, target: int) -> float:
        items, _ = self._items(movie_ids)
        scores = np.array(self._scorer.scores(items), np.float32)
        scores[items] = -np.inf
        scores[0] = -np.inf
        return _rank_of(scores, int(self._items(np.array([target]))[0][0]))

    def _items(self, movie_ids: IntArray) -> tuple[IntArray, NDArray[np.bool_]]:
        places = np.minimum(np.searchsorted(self.movie_ids, movie_ids), len(self.movie_ids) - 1)
        known = self.movie_ids[places] == movie_ids
        return places[known], known


class BaselineExaminee:
    """The mean rating, and the most rated films: what a first version has to beat."""

    def __init__(self, snapshot: Snapshot, training: NDArray[np.bool_]) -> None:
        self._mean = np.float32(snapshot.stars[training].mean() if training.any() else 3.5)
        items = np.searchsorted(snapshot.item_movie_ids, snapshot.movie_ids[training])
        self._counts = np.bincount(items, minlength=len(snapshot.item_movie_ids)).astype(float)
        self.movie_ids = snapshot.item_movie_ids

    def stars(
        self, movie_ids: IntArray, stars: NDArray[np.float32], asked: IntArray
    ) -> NDArray[np.float32]:
        return np.full(len(asked), self._mean)

    def rank(self, movie_ids: IntArray, target: int) -> float:
        scores = self._counts.copy()
        scores[np.searchsorted(self.movie_ids, movie_ids)] = -np.inf
        scores[0] = -np.inf
        return _rank_of(scores, int(np.searchsorted(self.movie_ids, target)))


def _rank_of(scores: NDArray[Any], target: int) -> float:
    """From 1; among equal scores the middle place. A score that is not a number comes last."""
    own = scores[target]
    if np.isnan(own):
        return float(len(scores))
    return 1.0 + float((scores > own).sum()) + ((scores == own).sum() - 1) / 2

"""Evaluating a version on held-out ratings, through the code that serves it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from recommender.data.snapshot import Snapshot
from recommender.gate.holdout import held_out
from recommender.learning.arrays import DoubleArray, IntArray
from recommender.learning.interfaces import NextItemScorer, StarScorer
from recommender.versions.load import LoadedVersion

Check = Callable[[int], None]

LATE = 0.1  # the share of all ratings that counts as the newest


class ModelUnderTest(Protocol):
    """Whatever can be asked; all films are given by primary key.

    ``movie_ids`` are the films that it knows, int64, ascending, with 0 for the padding item.
    """

    movie_ids: IntArray

    def answers(self, snapshot: Snapshot, rows: IntArray, check: Check) -> DoubleArray:
        """A number for each question, smaller when better: a squared error, or a rank.

        ``check`` is called with the number of questions done.
        """


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
    rows = np.flatnonzero(held_out(snapshot.user_ids, snapshot.movie_ids, percent))
    for movie_ids in known:
        rows = rows[np.isin(snapshot.movie_ids[rows], movie_ids)]
    if len(rows) > limit:
        newest = np.argsort(snapshot.rated_at[rows], kind="stable")[-limit:]
        rows = np.sort(rows[newest])
    return rows


def late(snapshot: Snapshot, rows: IntArray) -> NDArray[np.bool_]:
    """Which questions (n,) are about the newest tenth of all ratings."""
    if not len(snapshot):
        return np.zeros(len(rows), bool)
    return snapshot.rated_at[rows] > np.quantile(snapshot.rated_at, 1 - LATE, method="lower")


def forward_star_errors(
    snapshot: Snapshot, rows: IntArray, tested: StarModelUnderTest, check: Check
) -> DoubleArray:
    """Squared errors where only what the user had rated before each question is given."""
    errors = np.empty(len(rows))
    for place, user, asked in by_user(snapshot, rows):
        for offset, row in enumerate(asked):
            given = slice(user.start, int(row))
            predicted = tested.stars(
                snapshot.movie_ids[given], snapshot.stars_of(given), snapshot.movie_ids[[row]]
            )
            errors[place + offset] = (predicted[0] - snapshot.stars_of(row)) ** 2
        check(place + len(asked))
    return errors


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


class StarModelUnderTest(ABC):
    """Is asked for stars."""

    @abstractmethod
    def stars(
        self, movie_ids: IntArray, stars: NDArray[np.float32], asked: IntArray
    ) -> NDArray[np.float32]:
        """Predicted stars of ``asked`` (n,) for a user who rated ``movie_ids`` with ``stars``."""

    def answers(self, snapshot: Snapshot, rows: IntArray, check: Check) -> DoubleArray:
        """Squared error in stars for each question; the user's other ratings are given."""
        errors = np.empty(len(rows))
        for place, user, asked in by_user(snapshot, rows):
            given = np.ones(user.stop - user.start, bool)
            given[asked - user.start] = False
            predicted = self.stars(
                snapshot.movie_ids[user][given],
                snapshot.stars_of(user)[given],
                snapshot.movie_ids[asked],
            )
            errors[place : place + len(asked)] = (predicted - snapshot.stars_of(asked)) ** 2
            check(place + len(asked))
        return errors


class _NextItemModelUnderTest(ABC):
    """Is asked which film comes next."""

    @abstractmethod
    def rank(self, movie_ids: IntArray, target: int) -> float:
        """Place of ``target`` among all films but ``movie_ids``, which were watched in order."""

    def answers(self, snapshot: Snapshot, rows: IntArray, check: Check) -> DoubleArray:
        """Rank (from 1) of each film asked about, given all that its user had rated before it."""
        found = np.empty(len(rows))
        for place, user, asked in by_user(snapshot, rows):
            for offset, row in enumerate(asked):
                history = snapshot.movie_ids[user.start : row]
                found[place + offset] = self.rank(history, int(snapshot.movie_ids[row]))
            check(place + len(asked))
        return found


class StarVersion(StarModelUnderTest):
    """A version as it is served: its scorer, and which film each item is."""

    def __init__(self, version: LoadedVersion[StarScorer]) -> None:
        self._scorer = version.scorer
        self.movie_ids = version.movie_ids

    def stars(
        self, movie_ids: IntArray, stars: NDArray[np.float32], asked: IntArray
    ) -> NDArray[np.float32]:
        items, known = _items(self.movie_ids, movie_ids)
        user = self._scorer.fold_in(items, stars[known])
        return self._scorer.predict(user, _items(self.movie_ids, asked)[0])


class NextItemVersion(_NextItemModelUnderTest):
    """A version as it is served: its scorer, and which film each item is."""

    def __init__(self, version: LoadedVersion[NextItemScorer]) -> None:
        self._scorer = version.scorer
        self.movie_ids = version.movie_ids

    def rank(self, movie_ids: IntArray, target: int) -> float:
        items, _ = _items(self.movie_ids, movie_ids)
        scores = np.array(self._scorer.scores(items), np.float32)
        scores[items] = -np.inf
        scores[0] = -np.inf
        return _rank_of(scores, int(_items(self.movie_ids, np.array([target]))[0][0]))


class MeanRating(StarModelUnderTest):
    """The same stars for every film: what a first version has to beat."""

    def __init__(self, snapshot: Snapshot, training: NDArray[np.bool_]) -> None:
        self._mean = np.float32(snapshot.stars_of(training).mean() if training.any() else 3.5)
        self.movie_ids = snapshot.item_movie_ids

    def stars(
        self, movie_ids: IntArray, stars: NDArray[np.float32], asked: IntArray
    ) -> NDArray[np.float32]:
        return np.full(len(asked), self._mean)


class MostRated(_NextItemModelUnderTest):
    """The most rated films: what a first version has to beat."""

    def __init__(self, snapshot: Snapshot, training: NDArray[np.bool_]) -> None:
        items = np.searchsorted(snapshot.item_movie_ids, snapshot.movie_ids[training])
        self._counts = np.bincount(items, minlength=len(snapshot.item_movie_ids)).astype(float)
        self.movie_ids = snapshot.item_movie_ids

    def rank(self, movie_ids: IntArray, target: int) -> float:
        scores = self._counts.copy()
        scores[np.searchsorted(self.movie_ids, movie_ids)] = -np.inf
        scores[0] = -np.inf
        return _rank_of(scores, int(np.searchsorted(self.movie_ids, target)))


def _items(known_ids: IntArray, movie_ids: IntArray) -> tuple[IntArray, NDArray[np.bool_]]:
    """The items of the films that are known, and which those are."""
    places = np.minimum(np.searchsorted(known_ids, movie_ids), len(known_ids) - 1)
    known = known_ids[places] == movie_ids
    return places[known], known


def _rank_of(scores: NDArray[Any], target: int) -> float:
    """From 1; among equal scores the middle place. A score that is not a number comes last."""
    own = scores[target]
    if np.isnan(own):
        return float(len(scores))
    return 1.0 + float((scores > own).sum()) + ((scores == own).sum() - 1) / 2

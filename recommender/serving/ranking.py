"""A ranking of films, and the arithmetic of scores that rankings are made with."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from recommender.learning.arrays import FloatArray, IntArray
from recommender.learning.ranking import top_n


class Source(StrEnum):
    """What the scores of a ranking are from."""

    BOTH = "both"
    FACTORIZATION = "factorization"
    SEQUENCE = "sequence"
    SIMILAR = "similar"
    POPULARITY = "popularity"


@dataclass(frozen=True, kw_only=True, eq=False)
class Ranking:
    """Rows of the catalog arrays with their scores, best first.

    ``version`` is the label of the live version or versions that made the scores; where none did,
    it says what they are from, as ``source`` does. Where both models made them, ``next_weight`` is
    what a unit of the sequence model's score counts for, in stars.
    """

    rows: IntArray
    scores: FloatArray
    source: Source
    version: str
    next_weight: float = 0.0

    def __len__(self) -> int:
        return len(self.rows)


def no_films() -> Ranking:
    """The ranking of somebody for whom nothing is left."""
    return Ranking(
        rows=np.zeros(0, np.int64),
        scores=np.zeros(0, np.float32),
        source=Source.POPULARITY,
        version=Source.POPULARITY,
    )


def best_rows(scores: FloatArray, n: int) -> tuple[IntArray, FloatArray]:
    """The rows and scores of the ``n`` best, best first, without those at -inf.

    Those are sorted out first: a partial sort is slow among thousands of equal values.
    """
    open_ = np.flatnonzero(scores > -np.inf)
    if not len(open_):
        return open_, scores[open_]
    places, best = top_n(scores[open_], n)
    return open_[places], best


def without_crowds(rows: IntArray, groups: IntArray, most: int) -> IntArray:
    """The rows, best first, of which each group but 0 has at most ``most``; groups are by row."""
    seen: dict[int, int] = {}
    kept = []
    for row, group in zip(rows.tolist(), groups[rows].tolist(), strict=True):
        seen[group] = seen.get(group, 0) + 1
        if not group or seen[group] <= most:
            kept.append(row)
    return np.array(kept, np.int64)


def standardised(scores: FloatArray, moments: tuple[float, float] | None = None) -> FloatArray:
    """Scores with mean 0 and deviation 1 over the films that have one.

    ``moments`` are what `mean_and_deviation` says of them, where that is known.
    """
    mean, deviation = moments or mean_and_deviation(scores)
    if not deviation:
        return scores
    standard: FloatArray = (scores - np.float32(mean)) / np.float32(deviation)
    return standard


def mean_and_deviation(scores: FloatArray) -> tuple[float, float]:
    """Over the films that have a score; 0 and 0 where none has."""
    there = scores[scores > -np.inf]
    if not len(there):
        return 0.0, 0.0
    mean = there.mean()
    there -= mean
    return float(mean), float(np.sqrt(there @ there / len(there)))

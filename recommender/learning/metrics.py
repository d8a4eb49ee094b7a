"""Ranks of the right items, and what they are worth. Numpy only.

A rank counts from 1; items with equal scores share the average of their ranks, as in
``scipy.stats.rankdata``. Metrics at k take a rank of k or better as a hit.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recommender.learning.validation import as_random_state, check_positive

_CELLS_AT_ONCE = 2**24


def ranks(
    scores: NDArray[Any], rows: NDArray[np.int64], items: NDArray[np.int64]
) -> NDArray[np.float64]:
    """The rank of each of ``items`` (m,) in its row (m,) of ``scores`` (n, num_items).

    Raises ``ValueError`` for scores that are NaN: nothing would seem to rank above them.
    """
    check_scores("scores", scores)
    result = np.empty(len(rows))
    step = max(1, _CELLS_AT_ONCE // scores.shape[1])
    for start in range(0, len(rows), step):
        part = slice(start, start + step)
        row = scores[rows[part]]
        own = row[np.arange(len(row)), items[part]][:, None]
        result[part] = (row > own).sum(axis=1) + ((row == own).sum(axis=1) + 1) / 2
    return result


def check_scores(name: str, scores: NDArray[Any], questions: NDArray[Any] | None = None) -> None:
    """Raise ``ValueError`` where ``scores`` (..., num_items) have a NaN, saying where.

    The row is named by its entry of ``questions``, or by its position when not given.
    """
    wrong = np.isnan(scores)
    if wrong.any():
        *row, item = np.argwhere(wrong)[0].tolist()
        where = row if questions is None else questions[tuple(row)].tolist()
        raise ValueError(
            f"{name} must not be NaN, got {int(wrong.sum())} of {wrong.size}, "
            f"the first of item {item} for {where}"
        )


def reciprocal_rank(ranks: NDArray[Any]) -> NDArray[np.float64]:
    """One over each rank: the MRR where each question has one right item."""
    return 1.0 / ranks


def hit_at(ranks: NDArray[Any], k: int) -> NDArray[np.float64]:
    """1 for each rank of k or better, else 0: the hit rate where there is one right item."""
    check_positive("k", k)
    return (ranks <= k).astype(float)


def gain_at(ranks: NDArray[Any], k: int) -> NDArray[np.float64]:
    """``1 / log2(rank + 1)`` for ranks of k or better, else 0 (Järvelin and Kekäläinen, 2002)."""
    return hit_at(ranks, k) / np.log2(ranks + 1)


def ideal_gain_at(counts: NDArray[np.int64], k: int) -> NDArray[np.float64]:
    """The most that ``counts`` right items can gain at k."""
    check_positive("k", k)
    gains = np.concatenate([[0.0], np.cumsum(1 / np.log2(np.arange(2, k + 2)))])
    return gains[np.minimum(counts, k)]


@dataclass(frozen=True, kw_only=True)
class RankingScores:
    """Metrics of each question (n,), where a question has one or more right items."""

    questions: NDArray[np.int64]
    hit_rate: NDArray[np.float64]
    precision: NDArray[np.float64]
    recall: NDArray[np.float64]
    ndcg: NDArray[np.float64]
    average_precision: NDArray[np.float64]
    reciprocal_rank: NDArray[np.float64]
    mean_reciprocal_rank: NDArray[np.float64]

    def means(self) -> dict[str, float]:
        """The mean of each metric over all questions."""
        names = [name for name in self.__dataclass_fields__ if name != "questions"]
        return {name: float(getattr(self, name).mean()) for name in names}


def score_rankings(
    questions: NDArray[np.int64], item_ranks: NDArray[np.float64], k: int = 10
) -> RankingScores:
    """Metrics per question from the ranks (m,) of right items and their questions' ids (m,).

    ``precision`` divides hits by k, ``recall`` by the number of right items, average precision by
    the smaller of both; ``reciprocal_rank`` is that of the best right item, and
    ``mean_reciprocal_rank`` the mean over all right items, which is Spotlight's MRR.

    Raises ``ValueError`` for no questions, and for ranks that are not numbers of 1 or more.
    """
    check_positive("k", k)
    if len(questions) == 0:
        raise ValueError("questions must not be empty, got 0 of them")
    wrong = ~(item_ranks >= 1)
    if wrong.any():
        place = int(np.argmax(wrong))
        raise ValueError(
            f"item_ranks must be 1 or more, got {item_ranks[place]} for question {questions[place]}"
        )
    order = np.lexsort((item_ranks, questions))
    item_ranks = item_ranks[order]
    ids, first, counts = np.unique(questions[order], return_index=True, return_counts=True)

    def total(values: NDArray[Any]) -> NDArray[np.float64]:
        return np.add.reduceat(values, first)

    hits = hit_at(item_ranks, k)
    nth = np.arange(len(item_ranks)) - np.repeat(first, counts) + 1
    return RankingScores(
        questions=ids,
        hit_rate=(total(hits) > 0).astype(float),
        precision=total(hits) / k,
        recall=total(hits) / counts,
        ndcg=total(gain_at(item_ranks, k)) / ideal_gain_at(counts, k),
        average_precision=total(hits * nth / item_ranks) / np.minimum(counts, k),
        reciprocal_rank=1.0 / item_ranks[first],
        mean_reciprocal_rank=total(1.0 / item_ranks) / counts,
    )


@dataclass(frozen=True)
class Interval:
    """A mean and the ends of its confidence interval."""

    mean: float
    low: float
    high: float


def bootstrap_interval(
    values: NDArray[Any],
    confidence: float = 0.95,
    resamples: int = 2000,
    random_state: int | np.random.RandomState | None = 0,
) -> Interval:
    """A confidence interval of the mean of ``values`` (n,) by the percentile bootstrap (Efron).

    For two models on the same questions pass the difference of their values: a *paired* bootstrap,
    whose interval is far narrower than the two models' own.

    Raises ``ValueError`` for no values, for NaN among them, or a confidence outside 0 to 1.
    """
    if len(values) == 0:
        raise ValueError("values must not be empty, got 0 of them")
    if np.isnan(values).any():
        raise ValueError(f"values must not be NaN, got one at {int(np.argmax(np.isnan(values)))}")
    if not 0 < confidence < 1:
        raise ValueError(f"confidence must be between 0 and 1, got {confidence}")
    state = as_random_state(random_state)
    means = np.array(
        [values[state.randint(0, len(values), len(values))].mean() for _ in range(resamples)]
    )
    tail = (1 - confidence) / 2
    low, high = np.quantile(means, [tail, 1 - tail])
    return Interval(float(values.mean()), float(low), float(high))

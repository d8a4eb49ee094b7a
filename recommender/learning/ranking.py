"""The best items of a row of scores. Numpy only."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from recommender.learning.arrays import FloatArray, IntArray
from recommender.learning.interactions import Interactions
from recommender.learning.validation import as_ids, check_positive

Exclusion = Interactions | ArrayLike | None


def top_n(scores: NDArray[Any], n: int) -> tuple[IntArray, NDArray[Any]]:
    """The ids and scores of the ``n`` best of ``scores`` (num_items,), best first.

    Equal scores come in the order of their ids. Items scored minus infinity are never among them,
    so fewer than ``n`` can come back.
    """
    check_positive("n", n)
    n = min(n, len(scores))
    candidates = np.arange(len(scores))
    if n < len(scores):
        threshold = np.partition(scores, len(scores) - n)[len(scores) - n]
        candidates = np.flatnonzero(scores >= threshold)
    best = candidates[np.argsort(-scores[candidates], kind="stable")][:n]
    best = best[scores[best] > -np.inf]
    return best.astype(np.int64), scores[best]


def excluded_items(exclude: Exclusion, user_id: int | None, num_items: int) -> IntArray:
    """The items not to recommend: an array of them, or a user's own in some interactions."""
    if exclude is None:
        return np.zeros(0, np.int64)
    if isinstance(exclude, Interactions):
        if user_id is None:
            raise ValueError("exclude must be item ids for a user without an id, got Interactions")
        items = exclude.item_ids[exclude.user_ids == user_id]
        return items[items < num_items]
    return as_ids("exclude", exclude, num_items)


def recommended(
    scores: NDArray[Any], n: int, exclude: Exclusion, user_id: int | None = None
) -> tuple[IntArray, NDArray[Any]]:
    """The ids and scores of the ``n`` best but ``exclude``; writes to ``scores`` (num_items,)."""
    scores[excluded_items(exclude, user_id, len(scores))] = -np.inf
    return top_n(scores, n)


def most_similar(vectors: NDArray[Any], item_id: int, n: int) -> tuple[IntArray, NDArray[Any]]:
    """The ``n`` items whose vectors point most nearly where that of ``item_id`` does.

    ``vectors`` has shape (num_items, k). Returns ids and cosines, best first, without the item
    itself and without items whose vector is zero.
    """
    if not 0 <= item_id < len(vectors):
        raise ValueError(f"item_id must be between 0 and {len(vectors) - 1}, got {item_id}")
    item_id = int(as_ids("item_id", [item_id])[0])
    lengths = np.linalg.norm(vectors, axis=1)
    known = lengths > 0
    cosines = np.full(len(vectors), -np.inf, np.float32)
    if known[item_id]:
        direction = vectors[item_id] / lengths[item_id]
        cosines[known] = vectors[known] @ direction / lengths[known]
        cosines[item_id] = -np.inf
    return top_n(cosines, n)


def log_sum_exp(scores: FloatArray) -> np.float32:
    """The logarithm of the sum of exponentials; 0 for no scores."""
    if not len(scores):
        return np.float32(0.0)
    highest = scores.max()
    total: np.float32 = highest + np.log(np.exp(scores - highest).sum())
    return total

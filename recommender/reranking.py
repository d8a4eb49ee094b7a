"""A list that is not ten times the same film."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from recommender.catalog_arrays import IntArray


def diversified(
    relevance: NDArray[np.float32], vectors: NDArray[np.float32], n: int, diversity: float
) -> IntArray:
    """Places of the ``n`` candidates to show, in order, by maximal marginal relevance.

    Each next one has the best ``(1 - d) * relevance - d * likeness to the most alike one chosen``
    (Carbonell and Goldstein, "The use of MMR", 1998), with relevance (m,) scaled to 0…1 and
    likeness the cosine of ``vectors`` (m, k). ``relevance`` comes best first.
    """
    if not len(relevance):
        return np.zeros(0, np.int64)
    low, high = float(relevance.min()), float(relevance.max())
    scaled = (relevance - low) / (high - low) if high > low else np.ones_like(relevance)
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    directions = np.divide(vectors, lengths, out=np.zeros_like(vectors), where=lengths > 0)
    likeness = np.zeros(len(relevance), np.float32)
    open_ = np.ones(len(relevance), np.bool_)
    chosen: list[int] = []
    for _ in range(min(n, len(relevance))):
        marginal = (1 - diversity) * scaled - diversity * likeness
        best = int(np.where(open_, marginal, -np.inf).argmax())
        chosen.append(best)
        open_[best] = False
        likeness = np.maximum(likeness, directions @ directions[best])
    return np.array(chosen, np.int64)

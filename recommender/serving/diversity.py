"""Diversity rerankers: maximal marginal relevance, and a determinantal point process.

Which measures better where: docs/performance.md."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from recommender.learning.arrays import IntArray

ROUNDING = 1e-6  # cosines of 32-bit vectors are not exact enough to tell less from nothing


def rerank_by_mmr(
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
    directions = _directions(vectors)
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


def rerank_by_dpp(
    relevance: NDArray[np.float32], vectors: NDArray[np.float32], n: int, diversity: float
) -> IntArray:
    """Places of the ``n`` candidates to show, in order, by a determinantal point process.

    Each next one adds most to the determinant of relevance times likeness, found greedily (Chen,
    Zhang and Zhou, "Fast greedy MAP inference for determinantal point process to improve
    recommendation diversity", 2018, where relevance has the share 1 - ``diversity``; below 1).
    Likeness is the cosine of ``vectors`` (m, k), moved to 0…1; ``relevance`` (m,) comes best first.
    """
    if not len(relevance):
        return np.zeros(0, np.int64)
    spread = max(1e-9, float(relevance.max() - relevance.min()))
    power = (1 - diversity) / max(diversity, 1e-3)
    gain = (power * (relevance - relevance.max()) / spread).astype(np.float64)
    directions = _directions(vectors)
    unlike = np.ones(len(relevance))  # what of each vector those chosen do not span
    rows = np.zeros((min(n, len(relevance)), len(relevance)))
    chosen: list[int] = []
    for step in range(len(rows)):
        best = int((gain + np.log(unlike)).argmax())
        if unlike[best] > ROUNDING:
            alike = (1 + directions @ directions[best]) / 2
            rows[step] = (alike - rows[:step].T @ rows[:step, best]) / np.sqrt(unlike[best])
            unlike = np.maximum(unlike - np.square(rows[step]), ROUNDING)
        chosen.append(best)
        gain[best] = -np.inf
    return np.array(chosen, np.int64)


def _directions(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.divide(vectors, lengths, out=np.zeros_like(vectors), where=lengths > 0)

"""What recommendations do to the catalog: coverage, novelty, diversity, popularity. Numpy only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, kw_only=True)
class CatalogScores:
    """How lists of recommendations use the catalog.

    coverage: share of all items that are recommended to anybody.
    novelty: mean surprise of a recommended item in bits, ``-log2`` of the share of users who
        have met it (Vargas and Castells, RecSys 2011).
    diversity: mean distance, one minus the cosine, of two items of one list (Ziegler et al.,
        WWW 2005); None where items have no vectors.
    popularity: mean share of users who have met a recommended item.
    popularity_lift: that share over the one in the users' own histories; above 1 the model
        recommends more popular items than its users choose.
    """

    coverage: float
    novelty: float
    diversity: float | None
    popularity: float
    popularity_lift: float


def score_catalog_use(
    lists: NDArray[np.int64],
    item_counts: NDArray[np.int64],
    num_users: int,
    item_vectors: NDArray[Any] | None = None,
) -> CatalogScores:
    """Score ``lists`` (n, k) of item ids, where ``item_counts`` (num_items,) users met each item.

    Raises ``ValueError`` when there are no lists.
    """
    if lists.size == 0:
        raise ValueError(f"lists must hold items, got shape {lists.shape}")
    shares = item_counts / max(num_users, 1)
    # An item that nobody has met is as surprising as one that half a user has.
    surprise = -np.log2(np.maximum(item_counts, 0.5) / max(num_users, 1))
    met = item_counts.sum()
    typical = float((shares * item_counts).sum() / met) if met else float("nan")
    popularity = float(shares[lists].mean())
    return CatalogScores(
        coverage=len(np.unique(lists)) / len(item_counts),
        novelty=float(surprise[lists].mean()),
        diversity=None if item_vectors is None else _diversity(lists, item_vectors),
        popularity=popularity,
        popularity_lift=popularity / typical,
    )


def _diversity(lists: NDArray[np.int64], vectors: NDArray[Any]) -> float:
    size = lists.shape[1]
    if size < 2:
        raise ValueError(f"lists must have at least 2 items for diversity, got {size}")
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    directions = vectors / np.where(lengths > 0, lengths, 1)
    listed = directions[lists]  # (n, k, dim)
    # All ordered pairs: the squared length of the sum, less each item with itself.
    pairs = (listed.sum(axis=1) ** 2).sum(axis=1) - (listed**2).sum(axis=(1, 2))
    return float(1 - (pairs / (size * (size - 1))).mean())

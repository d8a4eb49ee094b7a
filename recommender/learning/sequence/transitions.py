"""Which items come near which others in the histories: rows of weighted neighbours.

Numpy and scipy only. For each pair of items within ``MAX_LAG`` steps of each other in somebody's
history there is one entry with several values, the channels:

- *evidence*, not negative: how often the one followed (or came before) the other, damped by how
  often the other was met at all. One channel per reach (near, middle, far) and direction. A
  skip-gram count with recency decay, as in item-to-item and session-based k-nearest-neighbour
  recommenders (Ludewig and Jannach 2018, "Evaluation of session-based recommendation algorithms").
- *affinity*, of any sign: the logarithm of the lift of the pair over chance (a damped pointwise
  mutual information, after Church and Hanks 1990), and a linear autoencoder's weight
  (:mod:`recommender.learning.sequence.autoencoder`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

Array = NDArray[Any]

MAX_LAG = 50
REACHES = (0.5, 0.8, 0.95)
EVIDENCE_CHANNELS = 2 * len(REACHES)
AFFINITY_CHANNELS = 3

_DAMPING = 20.0
_PAIR_BUDGET = 5_000_000


@dataclass(frozen=True)
class NeighbourTable:
    """Row i lists the neighbours of item i: ``ids[offsets[i]:offsets[i + 1]]`` and their values.

    ``offsets`` int64 (num_items + 1,), ``ids`` int32 (entries,), ``evidence`` float32 (entries,
    EVIDENCE_CHANNELS), ``affinity`` float32 (entries, AFFINITY_CHANNELS).
    """

    offsets: Array
    ids: Array
    evidence: Array
    affinity: Array

    @property
    def rows(self) -> Array:
        """The item whose row each entry is in."""
        return np.repeat(np.arange(len(self.offsets) - 1, dtype=np.int32), np.diff(self.offsets))


def neighbour_table(
    users: Array, items: Array, num_items: int, *, max_entries: int, max_row: int
) -> NeighbourTable:
    """Count the neighbours in histories (``users`` and ``items`` sorted by user, then time).

    At most ``max_entries`` entries are kept, and ``max_row`` for an item, the strongest first.
    The linear autoencoder's channel is left at zero.
    """
    first, second, weights = _pairs(users, items)
    forward = [_matrix(first, second, column, num_items) for column in weights.T]
    damped = sp.diags_array(1.0 / (popularity(items, num_items) + _DAMPING))
    both = sum(forward[1:], start=forward[0])
    pattern = (both + both.T).tocsr()
    pattern.sort_indices()
    rows = np.repeat(np.arange(num_items), np.diff(pattern.indptr))
    columns = pattern.indices

    evidence = np.empty((pattern.nnz, EVIDENCE_CHANNELS), np.float32)
    affinity = np.zeros((pattern.nnz, AFFINITY_CHANNELS), np.float32)
    chance = popularity(items, num_items) + 0.5
    chance /= chance.sum()
    for reach, counts in enumerate(forward):
        after, before = _aligned(damped @ counts, pattern), _aligned(damped @ counts.T, pattern)
        evidence[:, 2 * reach], evidence[:, 2 * reach + 1] = after, before
        if reach:
            affinity[:, reach - 1] = np.log1p((after + before) / chance[columns])
    kept = _strongest(rows, affinity[:, 0] + affinity[:, 1], max_entries, max_row)
    offsets = np.zeros(num_items + 1, np.int64)
    np.cumsum(np.bincount(rows[kept], minlength=num_items), out=offsets[1:])
    return NeighbourTable(offsets, columns[kept].astype(np.int32), evidence[kept], affinity[kept])


def popularity(items: Array, num_items: int) -> NDArray[np.float64]:
    """How often each item occurs."""
    return np.bincount(items, minlength=num_items).astype(float)


def _pairs(users: Array, items: Array) -> tuple[Array, Array, Array]:
    """Earlier items, later items, and the weight of the pair at each reach (pairs, REACHES)."""
    lags = _lags(len(items))
    first, second, weights = [], [], []
    for number, lag in enumerate(lags):
        same = np.flatnonzero(users[lag:] == users[:-lag])
        first.append(items[same])
        second.append(items[same + lag])
        stands_for = np.arange(lags[number - 1] if number else 0, lag)
        weight = [(reach**stands_for).sum() * (1 - reach) for reach in REACHES]
        weights.append(np.tile(np.array(weight, np.float32), (len(same), 1)))
    return np.concatenate(first), np.concatenate(second), np.concatenate(weights)


def _lags(interactions: int) -> list[int]:
    """All lags on small data; on larger data the far ones thinned out, each for several."""
    wanted = max(8, _PAIR_BUDGET // max(interactions, 1))
    if wanted >= MAX_LAG:
        return list(range(1, min(MAX_LAG, interactions - 1) + 1))
    spread = np.unique(np.round(np.geomspace(1, MAX_LAG, wanted)).astype(int))
    return spread.tolist()


def _matrix(rows: Array, columns: Array, values: Array, size: int) -> sp.csr_array:
    return sp.coo_array((values, (rows, columns)), shape=(size, size)).tocsr()


def _aligned(matrix: Any, pattern: sp.csr_array) -> NDArray[np.float32]:
    """The values of ``matrix`` at each entry of ``pattern``, which covers it."""
    matrix = sp.csr_array(matrix)
    matrix.sort_indices()
    size = np.int64(pattern.shape[1])
    there = _keys(pattern, size)
    result = np.zeros(pattern.nnz, np.float32)
    result[np.searchsorted(there, _keys(matrix, size))] = matrix.data
    return result


def _keys(matrix: sp.csr_array, size: np.int64) -> NDArray[np.int64]:
    rows = np.repeat(np.arange(matrix.shape[0], dtype=np.int64), np.diff(matrix.indptr))
    return rows * size + matrix.indices


def _strongest(rows: Array, strength: Array, max_entries: int, max_row: int) -> Array:
    """The positions, in order, of the strongest entries within both limits."""
    kept = np.arange(len(rows))
    if len(kept) > max_entries:
        least = np.partition(strength, len(kept) - max_entries)[len(kept) - max_entries]
        kept = np.flatnonzero(strength >= least)[:max_entries]
    counts = np.bincount(rows[kept])
    crowded = kept[counts[rows[kept]] > max_row]
    if not len(crowded):
        return kept
    order = crowded[np.lexsort((-strength[crowded], rows[crowded]))]
    sizes = np.bincount(rows[order])
    starts = np.cumsum(sizes) - sizes
    over = order[np.arange(len(order)) - starts[rows[order]] >= max_row]
    return np.setdiff1d(kept, over, assume_unique=True)

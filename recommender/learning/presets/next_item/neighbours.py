"""Which items come near which others in the histories: rows of weighted neighbours.

Numpy only. For each pair of items within ``MAX_LAG`` steps of each other in somebody's
history there is one entry with several values, the channels:

- *evidence*, not negative: how often the one followed (or came before) the other, damped by how
  often the other was met at all. One channel per reach (near, middle, far) and direction. A
  skip-gram count with recency decay, as in item-to-item and session-based k-nearest-neighbour
  recommenders (Ludewig and Jannach 2018, "Evaluation of session-based recommendation algorithms").
- *affinity*, of any sign: the logarithm of the lift of the pair over chance (a damped pointwise
  mutual information, after Church and Hanks 1990), and a linear autoencoder's weight
  (:mod:`recommender.learning.presets.next_item.ease`).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recommender.learning.arrays import Array

MAX_LAG = 50
REACHES = (0.5, 0.8, 0.95)
EVIDENCE_CHANNELS = 2 * len(REACHES)
AFFINITY_CHANNELS = 3

_DAMPING = 20.0
_PAIR_BUDGET = 2_500_000


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
    rows, columns, counts = _pair_counts(users, items, num_items)
    met = popularity(items, num_items)
    chance = (met + 0.5) / (met + 0.5).sum()
    evidence = counts / (met + _DAMPING)[rows, None].astype(np.float32)
    affinity = np.zeros((len(rows), AFFINITY_CHANNELS), np.float32)
    both = evidence[:, len(REACHES) :] + evidence[:, : len(REACHES)]
    affinity[:, :-1] = np.log1p(both[:, 1:] / chance[columns, None])
    kept = _strongest(rows, affinity[:, 0] + affinity[:, 1], max_entries, max_row)
    offsets = np.zeros(num_items + 1, np.int64)
    np.cumsum(np.bincount(rows[kept], minlength=num_items), out=offsets[1:])
    return NeighbourTable(offsets, columns[kept].astype(np.int32), evidence[kept], affinity[kept])


def popularity(items: Array, num_items: int) -> NDArray[np.float64]:
    """How often each item occurs."""
    return np.bincount(items, minlength=num_items).astype(float)


def _pair_counts(users: Array, items: Array, num_items: int) -> tuple[Array, Array, Array]:
    """Rows and columns of all pairs, in order, and the counts (pairs, EVIDENCE_CHANNELS): how
    much the column's item came after the row's at each reach, then how much before."""
    keys, which = [], []
    lags = _lags(len(items))
    for number, lag in enumerate(lags):
        same = np.flatnonzero(users[lag:] == users[:-lag])
        first, second = items[same], items[same + lag]
        keys += [first * np.int64(num_items) + second, second * np.int64(num_items) + first]
        which += [np.full(len(same), number), np.full(len(same), len(lags) + number)]
    key, lag_number = np.concatenate(keys), np.concatenate(which)
    order = np.argsort(key)
    key = key[order]
    starts = np.flatnonzero(np.diff(key, prepend=-1))
    weights = _lag_weights(lags)[lag_number[order]]
    counts = np.add.reduceat(weights, starts, axis=0) if len(starts) else weights
    rows, columns = np.divmod(key[starts], num_items)
    return rows, columns, counts


def _lag_weights(lags: list[int]) -> NDArray[np.float32]:
    """The weight of each lag, forward and then backward: (2 lags, EVIDENCE_CHANNELS)."""
    weights = np.zeros((2 * len(lags), EVIDENCE_CHANNELS), np.float32)
    previous = 0
    for number, lag in enumerate(lags):
        stands_for = np.arange(previous, lag)
        one = [(1 - reach) * (reach**stands_for).sum() for reach in REACHES]
        weights[number, : len(REACHES)] = weights[len(lags) + number, len(REACHES) :] = one
        previous = lag
    return weights


def _lags(interactions: int) -> list[int]:
    """All lags on small data; on larger data the far ones thinned out, each for several."""
    wanted = max(8, _PAIR_BUDGET // max(interactions, 1))
    if wanted >= MAX_LAG:
        return list(range(1, min(MAX_LAG, max(1, interactions - 1)) + 1))
    spread = np.unique(np.round(np.geomspace(1, MAX_LAG, wanted)).astype(int))
    return spread.tolist()


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

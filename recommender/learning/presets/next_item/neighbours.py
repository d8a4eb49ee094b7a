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

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recommender.learning.arrays import Array
from recommender.learning.presets.next_item.pairs import CHANNELS, Pairs, offsets_of
from recommender.learning.presets.next_item.strongest import (
    DAMPING,
    Limits,
    best,
    lifts,
    strength_of,
    within_rows,
)

EVIDENCE_CHANNELS = CHANNELS
AFFINITY_CHANNELS = 3

_AT_ONCE = 2**18  # pairs


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


def neighbour_table(pairs: Pairs, met: Array, limits: Limits) -> NeighbourTable:
    """The values of the strongest pairs, where items occur ``met`` (num_items,) times.

    The linear autoencoder's channel is left at zero.
    """
    rows = pairs.rows
    strength = np.empty(len(rows), np.float32)
    for some in _parts(len(rows)):
        strength[some] = strength_of(lifts(pairs.counts[some], pairs.ids[some], rows[some], met))
    if np.count_nonzero(pairs.times) > limits.entries:
        strength[pairs.times == 0] = -np.inf
        kept = best(strength, limits.entries)
    else:
        kept = np.flatnonzero(pairs.times)
    kept = within_rows(kept, rows, strength, limits.row)
    del strength
    rows, ids = rows[kept], pairs.ids[kept]
    evidence = np.empty((len(kept), EVIDENCE_CHANNELS), np.float32)
    affinity = np.zeros((len(kept), AFFINITY_CHANNELS), np.float32)
    damped = (met + DAMPING).astype(np.float32)
    for some in _parts(len(kept)):
        counts = pairs.counts[kept[some]]
        affinity[some, :-1] = lifts(counts, ids[some], rows[some], met)
        np.divide(counts, damped[rows[some], None], out=evidence[some])
    return NeighbourTable(offsets_of(rows, len(met)), ids, evidence, affinity)


def popularity(items: Array, num_items: int) -> NDArray[np.float64]:
    """How often each item occurs."""
    return np.bincount(items, minlength=num_items).astype(float)


def _parts(size: int) -> Iterator[slice]:
    """Slices of so many at once that what is made of them meanwhile is small."""
    return (slice(start, start + _AT_ONCE) for start in range(0, size, _AT_ONCE))

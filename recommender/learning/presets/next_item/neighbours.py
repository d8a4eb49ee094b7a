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
from recommender.learning.presets.next_item.pairs import (
    CHANNELS,
    REACHES,
    PairCounter,
    Pairs,
    offsets_of,
)

EVIDENCE_CHANNELS = CHANNELS
AFFINITY_CHANNELS = 3

_DAMPING = 20.0
_WIDER = 1.5  # what is kept of everything, for what is then strongest in a part of it


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


@dataclass(frozen=True)
class Limits:
    """How many entries a table has at most, in all and for an item."""

    entries: int
    row: int

    @property
    def wider(self) -> Limits:
        """What is kept of everything, so that a part of it still has its own strongest."""
        return Limits(int(_WIDER * self.entries), int(_WIDER * self.row))


def strongest_pairs(counter: PairCounter, met: Array, limits: Limits) -> Pairs:
    """The strongest pairs of all histories, within limits; ``met`` (num_items,) is how often each
    item occurs. Weaker ones are let go as soon as enough are stronger."""
    parts: list[tuple[Array, Array, Pairs]] = []
    entries, least = 0, -np.inf
    for items, pairs in counter.blocks():
        rows = pairs.rows + np.int32(items.start)
        strength = _strength(_lifts(pairs, rows, met))
        kept = _within_rows(np.flatnonzero(strength >= least), rows, strength, limits.row)
        parts.append((rows[kept], strength[kept], pairs.take(kept)))
        entries += len(kept)
        if entries > 2 * limits.entries:
            parts = [_strongest(parts, limits.entries)]
            entries, least = len(parts[0][0]), float(parts[0][1].min())
    rows, _, pairs = _strongest(parts, limits.entries)
    return Pairs(offsets_of(rows, len(met)), pairs.ids, pairs.counts, pairs.times)


def neighbour_table(pairs: Pairs, met: Array, limits: Limits) -> NeighbourTable:
    """The values of the strongest pairs, where items occur ``met`` (num_items,) times.

    The linear autoencoder's channel is left at zero.
    """
    if not pairs.times.all():
        pairs = pairs.take(np.flatnonzero(pairs.times))
    rows = pairs.rows
    lifts = _lifts(pairs, rows, met)
    strength = _strength(lifts)
    kept = np.arange(len(rows))
    if len(kept) > limits.entries:
        kept = _best(strength, limits.entries)
    kept = _within_rows(kept, rows, strength, limits.row)
    evidence = pairs.counts[kept] / (met + _DAMPING).astype(np.float32)[rows[kept], None]
    affinity = np.zeros((len(kept), AFFINITY_CHANNELS), np.float32)
    affinity[:, :-1] = lifts[kept]
    return NeighbourTable(offsets_of(rows[kept], len(met)), pairs.ids[kept], evidence, affinity)


def popularity(items: Array, num_items: int) -> NDArray[np.float64]:
    """How often each item occurs."""
    return np.bincount(items, minlength=num_items).astype(float)


def _lifts(pairs: Pairs, rows: Array, met: Array) -> NDArray[np.float32]:
    """The logarithm of each pair's lift over chance at the farther reaches: (pairs, 2)."""
    chance = ((met + 0.5) / (met + 0.5).sum()).astype(np.float32)
    both = pairs.counts[:, 1 : len(REACHES)] + pairs.counts[:, len(REACHES) + 1 :]
    both /= (met + _DAMPING).astype(np.float32)[rows, None]
    both /= chance[pairs.ids, None]
    return np.log1p(both, out=both)


def _strength(lifts: Array) -> NDArray[np.float32]:
    return np.asarray(lifts[:, 0] + lifts[:, 1], np.float32)


def _best(strength: Array, number: int) -> NDArray[np.int64]:
    """The positions, in order, of the ``number`` strongest."""
    least = np.partition(strength, len(strength) - number)[len(strength) - number]
    return np.flatnonzero(strength >= least)[:number]


def _strongest(parts: list[tuple[Array, Array, Pairs]], number: int) -> tuple[Array, Array, Pairs]:
    """The strongest of several parts, whose rows ascend, as one."""
    nothing = np.zeros(0, np.int32), np.zeros(0, np.float32)
    rows = np.concatenate([nothing[0], *(part[0] for part in parts)])
    strength = np.concatenate([nothing[1], *(part[1] for part in parts)])
    kept = _best(strength, number) if len(rows) > number else slice(None)
    columns = (
        np.concatenate([nothing[0], *(part[2].ids for part in parts)])[kept],
        np.concatenate([np.zeros((0, CHANNELS), np.float32), *(p[2].counts for p in parts)])[kept],
        np.concatenate([nothing[0], *(part[2].times for part in parts)])[kept],
    )
    return rows[kept], strength[kept], Pairs(np.zeros(1, np.int64), *columns)


def _within_rows(kept: Array, rows: Array, strength: Array, most: int) -> Array:
    """Of the positions ``kept``, in order, the ``most`` strongest of each row."""
    counts = np.bincount(rows[kept], minlength=1)
    crowded = kept[counts[rows[kept]] > most]
    if not len(crowded):
        return kept
    order = crowded[np.lexsort((-strength[crowded], rows[crowded]))]
    sizes = np.bincount(rows[order])
    starts = np.cumsum(sizes) - sizes
    over = order[np.arange(len(order)) - starts[rows[order]] >= most]
    stays = np.zeros(len(rows), bool)
    stays[kept] = True
    stays[over] = False
    return np.flatnonzero(stays)

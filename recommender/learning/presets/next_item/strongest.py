"""The strongest of all pairs of items, found block by block in bounded memory. Numpy only."""

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

DAMPING = 20.0
_WIDER = 1.5  # what is kept of everything, for what is then strongest in a part of it
_SPARE = 0.25  # of what is kept, before the weakest are let go
_LARGEST_BLOCK = 2**20
_MOVED_AT_ONCE = 2**18


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
    kept = _Kept(limits.entries, min(counter.meetings, _room(limits.entries, len(met))))
    for items, pairs in counter.blocks():
        rows = pairs.rows + np.int32(items.start)
        strength = strength_of(lifts(pairs.counts, pairs.ids, rows, met))
        strong = np.flatnonzero(strength >= kept.least)
        kept.add(rows, strength, pairs, within_rows(strong, rows, strength, limits.row))
    return kept.pairs(len(met))


def lifts(counts: Array, ids: Array, rows: Array, met: Array) -> NDArray[np.float32]:
    """The logarithm of each pair's lift over chance at the farther reaches: (pairs, 2)."""
    chance = ((met + 0.5) / (met + 0.5).sum()).astype(np.float32)
    both: NDArray[np.float32] = counts[:, 1 : len(REACHES)] + counts[:, len(REACHES) + 1 :]
    both /= (met + DAMPING).astype(np.float32)[rows, None]
    both /= chance[ids, None]
    return np.log1p(both, out=both)


def strength_of(lifted: Array) -> NDArray[np.float32]:
    """How strong the pairs of some :func:`lifts` are: (pairs,)."""
    return np.asarray(lifted[:, 0] + lifted[:, 1], np.float32)


def best(strength: Array, number: int) -> NDArray[np.int64]:
    """The positions, in order, of the ``number`` strongest."""
    least = np.partition(strength, len(strength) - number)[len(strength) - number]
    return np.flatnonzero(strength >= least)[:number]


def within_rows(kept: Array, rows: Array, strength: Array, most: int) -> Array:
    """Of the positions ``kept``, in order, the ``most`` strongest of each row; ``rows`` ascend."""
    own = rows[kept]
    ends = np.append(np.flatnonzero(own[1:] != own[:-1]) + 1, len(own))
    starts = np.append(0, ends[:-1])
    crowded = ends - starts > most
    if not crowded.any():
        return kept
    stays = np.ones(len(kept), bool)
    for start, end in zip(starts[crowded].tolist(), ends[crowded].tolist(), strict=True):
        order = np.argsort(-strength[kept[start:end]], kind="stable")
        stays[start + order[most:]] = False
    return kept[stays]


def _room(entries: int, num_items: int) -> int:
    return entries + max(int(_SPARE * entries), _LARGEST_BLOCK, num_items)


class _Kept:
    """Up to ``number`` pairs, and ``room`` for some more until the weakest are let go."""

    def __init__(self, number: int, room: int) -> None:
        self._number, self._size = number, 0
        self.least = -np.inf
        self._rows = np.empty(room, np.int32)
        self._strength = np.empty(room, np.float32)
        self._ids = np.empty(room, np.int32)
        self._counts = np.empty((room, CHANNELS), np.float32)
        self._times = np.empty(room, np.int32)

    def add(self, rows: Array, strength: Array, pairs: Pairs, places: Array) -> None:
        """The pairs at ``places``; their rows come after those before."""
        if self._size + len(places) > len(self._rows):
            self._let_go()
        end = slice(self._size, self._size + len(places))
        added = rows, strength, pairs.ids, pairs.counts, pairs.times
        for column, values in zip(self._columns(), added, strict=True):
            column[end] = values[places]
        self._size = end.stop

    def pairs(self, num_items: int) -> Pairs:
        """The strongest of all that came; nothing can be added afterwards."""
        self._let_go()
        for column in self._columns():  # gives back what was spare
            column.resize((self._size, *column.shape[1:]), refcheck=False)
        return Pairs(offsets_of(self._rows, num_items), self._ids, self._counts, self._times)

    def _columns(self) -> tuple[Array, ...]:
        return self._rows, self._strength, self._ids, self._counts, self._times

    def _let_go(self) -> None:
        if self._size <= self._number:
            return
        strongest = best(self._strength[: self._size], self._number)
        for start in range(0, len(strongest), _MOVED_AT_ONCE):
            some = strongest[start : start + _MOVED_AT_ONCE]
            for column in self._columns():
                column[start : start + len(some)] = column[some]
        self._size = len(strongest)
        self.least = float(self._strength[: self._size].min())

"""Counts which items stand near which others in histories, block of items by block. Numpy only.

Counts are sums over histories. So they are taken once, of everything, and what holds out some
users, or the end of each history, subtracts the pairs that those have a part in.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recommender.learning.arrays import Array

MAX_LAG = 50
REACHES = (0.5, 0.8, 0.95)
DIRECTIONS = 2
CHANNELS = DIRECTIONS * len(REACHES)

_PAIR_BUDGET = 2_500_000
_FEWEST_LAGS = 8
_AT_ONCE = 2**20  # pairs, repetitions counted
_SORTED_AT_ONCE = 2**22  # places, by their items
_CELLS = 2**22  # of an item and another, for which a table is kept
_CELLS_A_PAIR = 64  # with more, sorting is quicker than to look through the table


@dataclass(frozen=True)
class Paths:
    """All histories, one after the other: ``items`` int32 (n,), and of each place how many more
    come ``before`` and ``after`` it in its history, uint8 (n,), at most MAX_LAG."""

    items: Array
    before: Array
    after: Array
    num_items: int

    @classmethod
    def of(cls, users: Array, items: Array, num_items: int) -> Paths:
        """From columns in the order of users and times."""
        ends = np.append(np.flatnonzero(users[1:] != users[:-1]) + 1, len(users))
        sizes = np.diff(ends, prepend=0)
        nth = np.arange(len(users), dtype=np.int32)
        nth -= np.repeat((ends - sizes).astype(np.int32), sizes)
        before = np.minimum(nth, MAX_LAG).astype(np.uint8)
        np.subtract(np.repeat(sizes.astype(np.int32), sizes), 1 + nth, out=nth)
        after = np.minimum(nth, MAX_LAG).astype(np.uint8)
        return cls(items.astype(np.int32, copy=False), before, after, num_items)


@dataclass(frozen=True)
class Pairs:
    """Row i lists the items near item i: ``ids[offsets[i]:offsets[i + 1]]``, ascending, int32.

    ``counts`` float32 (pairs, CHANNELS): how much the listed item came after item i at each reach,
    then how much before. ``times`` int32 (pairs,): how often it did at all.
    """

    offsets: Array
    ids: Array
    counts: Array
    times: Array

    @property
    def rows(self) -> NDArray[np.int32]:
        """The item whose row each pair is in."""
        return np.repeat(np.arange(len(self.offsets) - 1, dtype=np.int32), np.diff(self.offsets))


def offsets_of(rows: Array, num_rows: int) -> NDArray[np.int64]:
    """Where each row begins once entries are in the order of their ``rows``: (num_rows + 1,)."""
    offsets = np.zeros(num_rows + 1, np.int64)
    np.cumsum(np.bincount(rows, minlength=num_rows), out=offsets[1:])
    return offsets


def lags_of(interactions: int) -> list[int]:
    """All lags on small data; on larger data the far ones thinned out, each for several."""
    wanted = max(_FEWEST_LAGS, _PAIR_BUDGET // max(interactions, 1))
    if wanted >= MAX_LAG:
        return list(range(1, min(MAX_LAG, max(1, interactions - 1)) + 1))
    spread = np.unique(np.round(np.geomspace(1, MAX_LAG, wanted)).astype(int))
    return spread.tolist()


class PairCounter:
    """Counts the pairs in histories at some lags; not by two threads at once."""

    def __init__(self, paths: Paths, lags: list[int]) -> None:
        self._paths, self._lags = paths, lags
        self._numbers = _Numbers()

    @property
    def meetings(self) -> int:
        """No fewer than there are pairs, and than there are meetings of two items."""
        return DIRECTIONS * len(self._lags) * len(self._paths.items)

    def blocks(self) -> Iterator[tuple[range, Pairs]]:
        """All pairs, some items' rows at a time: the rows' items, and their pairs."""
        num_items = self._paths.num_items
        for block in self._meetings(None, None):
            keys, places = self._numbers.given(block.keys, len(block.items) * num_items)
            rows, ids = np.divmod(keys, num_items)
            offsets = offsets_of(rows, len(block.items))
            counts, times = block.sums(places, len(keys), self._lags)
            yield block.items, Pairs(offsets, ids.astype(np.int32), counts, times)

    def without(self, pairs: Pairs, held: NDArray[np.bool_]) -> Pairs:
        """The pairs without what is ``held`` (n,) out: all of a history, or the end of it.

        Pairs that are then met nowhere stay, with zeros.
        """
        counts, times = pairs.counts.copy(), pairs.times.copy()
        touched = np.flatnonzero(held | _before_held(held, self._paths)).astype(np.int32)
        for block in self._meetings(touched, held):
            items = block.items
            first, last = pairs.offsets[[items.start, items.stop]]
            sizes = np.diff(pairs.offsets[items.start : items.stop + 1])
            rows = np.repeat(np.arange(len(items)), sizes)
            known = rows * np.int64(self._paths.num_items) + pairs.ids[first:last]
            places = self._numbers.found(block.keys, known, len(items) * self._paths.num_items)
            less, rarer = block.sums(places, len(known), self._lags)
            counts[first:last] -= less
            times[first:last] -= rarer
        counts[times == 0] = 0.0
        return Pairs(pairs.offsets, pairs.ids, np.maximum(counts, 0.0, out=counts), times)

    def _meetings(self, places: Array | None, held: NDArray[np.bool_] | None) -> Iterator[_Block]:
        """The meetings of the items at ``places`` (all, where None) with those near them, some
        items at a time; where some are ``held`` out, those meetings whose later item is."""
        num_items = self._paths.num_items
        items = self._paths.items if places is None else self._paths.items[places]
        starts = offsets_of(items, num_items)
        most = _CELLS // num_items if num_items <= _CELLS // 16 else num_items
        at_once = _AT_ONCE // (DIRECTIONS * len(self._lags))
        for rows in _ranges(starts, range(num_items), _SORTED_AT_ONCE, num_items):
            order = np.flatnonzero((items >= rows.start) & (items < rows.stop)).astype(np.int32)
            order = order[np.argsort(items[order], kind="stable")]
            if places is not None:
                order = places[order]
            for few in _ranges(starts, rows, at_once, most):
                at = order[starts[few.start] - starts[rows.start] :][: _size(starts, few)]
                if len(at):
                    yield _met_there(self._paths, self._lags, held, few, at)


def _ranges(starts: Array, rows: range, places: int, most: int) -> Iterator[range]:
    """Parts of ``rows``: of up to ``places`` places and ``most`` rows, but one row at least."""
    row = rows.start
    while row < rows.stop:
        stop = int(np.searchsorted(starts, starts[row] + places, side="right")) - 1
        stop = min(max(row + 1, stop), row + most, rows.stop)
        yield range(row, stop)
        row = stop


def _size(starts: Array, rows: range) -> int:
    return int(starts[rows.stop] - starts[rows.start])


@dataclass(frozen=True)
class _Block:
    """Meetings of ``items`` with others: ``keys`` (m,), the row within the block times the number
    of items plus the other item, and at which of the ``lags`` and in which direction:
    ``parts`` says how many of the keys are of each."""

    items: range
    keys: Array
    parts: list[int]

    def sums(self, places: Array, size: int, lags: list[int]) -> tuple[Array, Array]:
        """Counts (size, CHANNELS) and times (size,) of meetings counted at ``places`` (m,), from
        0; those at -1 are left out."""
        ahead = sum(self.parts[: len(lags)])
        weights = _lag_weights(lags)
        counts = np.zeros((size, CHANNELS), np.float32)
        times = np.zeros(size, np.int32)
        for direction, half in enumerate((slice(0, ahead), slice(ahead, None))):
            at, sizes = places[half] + 1, self.parts[direction * len(lags) :][: len(lags)]
            times += np.bincount(at, minlength=size + 1)[1:].astype(np.int32)
            for reach in range(len(REACHES)):
                weight = np.repeat(weights[:, reach], sizes)
                column = direction * len(REACHES) + reach
                counts[:, column] = np.bincount(at, weight, minlength=size + 1)[1:]
        return counts, times


def _lag_weights(lags: list[int]) -> NDArray[np.float64]:
    """The weight of each lag at each reach: (lags, REACHES)."""
    ends = np.cumsum([0, *np.diff([0, *lags])])
    powers = np.array(REACHES) ** np.arange(lags[-1])[:, None] * (1 - np.array(REACHES))
    return np.add.reduceat(powers, ends[:-1], axis=0)


def _before_held(held: NDArray[np.bool_], paths: Paths) -> NDArray[np.bool_]:
    """Which places have the beginning of what is held out within MAX_LAG after them."""
    near = np.zeros(len(held), bool)
    starts = np.flatnonzero(held & ~np.concatenate([[False], held[:-1]]))
    starts = starts[paths.before[starts] > 0]
    sizes = paths.before[starts].astype(np.int64)
    back = np.arange(sizes.sum()) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    near[np.repeat(starts, sizes) - 1 - back] = True
    return near


def _met_there(
    paths: Paths, lags: list[int], held: NDArray[np.bool_] | None, rows: range, at: Array
) -> _Block:
    own = (paths.items[at] - rows.start).astype(np.int64) * paths.num_items
    keys: list[Array] = []
    left = paths.after[at]
    for lag in lags:
        near = np.flatnonzero(left >= lag)
        if held is not None:
            near = near[held[at[near] + lag]]
        keys.append(own[near] + paths.items[at[near] + lag])
    left = paths.before[at]
    if held is not None:
        left[~held[at]] = 0
    for lag in lags:
        near = np.flatnonzero(left >= lag)
        keys.append(own[near] + paths.items[at[near] - lag])
    return _Block(rows, np.concatenate(keys), [len(one) for one in keys])


class _Numbers:
    """Numbers keys of many cells, in tables that are cleaned and used again: fresh memory costs
    more than all else."""

    def __init__(self) -> None:
        self._met = np.zeros(0, bool)
        self._number = np.zeros(0, np.int32)

    def given(self, keys: Array, cells: int) -> tuple[Array, Array]:
        """The different keys, ascending, and where each of all keys is among them."""
        if cells > _CELLS_A_PAIR * len(keys) or cells > _CELLS:
            return np.unique(keys, return_inverse=True)
        self._make(cells)
        self._met[keys] = True
        different = np.flatnonzero(self._met[:cells])
        self._met[different] = False
        self._number[different] = np.arange(len(different), dtype=np.int32)
        places = self._number[keys]
        self._number[different] = -1
        return different, places

    def found(self, keys: Array, known: Array, cells: int) -> Array:
        """Where each of ``keys`` is among the ``known`` ones, which ascend; -1 where it is not."""
        if cells > _CELLS:
            near = np.searchsorted(known, keys)
            near[near == len(known)] = 0
            return np.where(known[near] == keys, near, -1) if len(known) else near - 1
        self._make(cells)
        self._number[known] = np.arange(len(known), dtype=np.int32)
        places: Array = self._number[keys]
        self._number[known] = -1
        return places

    def _make(self, cells: int) -> None:
        if cells > len(self._met):
            self._met = np.zeros(cells, bool)
            self._number = np.full(cells, -1, np.int32)

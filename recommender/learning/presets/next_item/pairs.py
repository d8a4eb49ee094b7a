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
_CELLS_A_PAIR = 32  # a table of all cells numbers them quickly while there are no more


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

    def take(self, places: Array) -> Pairs:
        """The pairs at ``places``, which ascend."""
        number = len(self.offsets) - 1
        return Pairs(
            offsets_of(self.rows[places], number),
            self.ids[places],
            self.counts[places],
            self.times[places],
        )


def offsets_of(rows: Array, num_rows: int) -> NDArray[np.int64]:
    """Where each row begins among entries whose ``rows`` ascend: (num_rows + 1,)."""
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


def count_pairs(paths: Paths, lags: list[int]) -> Iterator[tuple[range, Pairs]]:
    """All pairs, some items' rows at a time: the rows' items, and their pairs."""
    for block in _blocks(paths, lags, np.arange(len(paths.items), dtype=np.int32), None):
        keys, places = _numbered(block.keys, len(block.items) * paths.num_items)
        rows, ids = np.divmod(keys, paths.num_items)
        offsets = offsets_of(rows, len(block.items))
        counts, times = block.sums(places, len(keys), lags)
        yield block.items, Pairs(offsets, ids.astype(np.int32), counts, times)


def subtracted(pairs: Pairs, paths: Paths, lags: list[int], held: NDArray[np.bool_]) -> Pairs:
    """The pairs without what is ``held`` (n,) out: all of a history, or the end of it.

    Pairs that are then met nowhere stay, with zeros.
    """
    counts, times = pairs.counts.copy(), pairs.times.copy()
    touched = np.flatnonzero(held | _before_held(held, paths)).astype(np.int32)
    for block in _blocks(paths, lags, touched, held):
        first, last = pairs.offsets[[block.items.start, block.items.stop]]
        ids = pairs.ids[first:last]
        sizes = np.diff(pairs.offsets[block.items.start : block.items.stop + 1])
        known = np.repeat(np.arange(len(block.items)), sizes) * np.int64(paths.num_items) + ids
        places = _found(block.keys, known, len(block.items) * paths.num_items)
        less, rarer = block.sums(places, len(known), lags)
        counts[first:last] -= less
        times[first:last] -= rarer
    counts[times == 0] = 0.0
    return Pairs(pairs.offsets, pairs.ids, np.maximum(counts, 0.0, out=counts), times)


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


def _blocks(
    paths: Paths, lags: list[int], places: Array, held: NDArray[np.bool_] | None
) -> Iterator[_Block]:
    """The meetings of the items at ``places`` with those near them, some items at a time; where
    some are ``held`` out, those meetings whose later item is."""
    items = paths.items[places]
    order = places[np.argsort(items, kind="stable")]
    starts = offsets_of(np.sort(items), paths.num_items)
    row = 0
    while row < paths.num_items:
        room = starts[row] + _AT_ONCE // (DIRECTIONS * len(lags))
        stop = max(row + 1, int(np.searchsorted(starts, room, side="right")) - 1)
        at = order[starts[row] : starts[stop]]
        if len(at):
            yield _meetings(paths, lags, held, range(row, stop), at)
        row = stop


def _meetings(
    paths: Paths, lags: list[int], held: NDArray[np.bool_] | None, rows: range, at: Array
) -> _Block:
    own = (paths.items[at] - rows.start).astype(np.int64) * paths.num_items
    keys: list[Array] = []
    left, later = paths.after[at], None if held is None else held
    for lag in lags:
        near = np.flatnonzero(left >= lag)
        if later is not None:
            near = near[later[at[near] + lag]]
        keys.append(own[near] + paths.items[at[near] + lag])
    left = paths.before[at]
    if held is not None:
        left = np.where(held[at], left, 0)
    for lag in lags:
        near = np.flatnonzero(left >= lag)
        keys.append(own[near] + paths.items[at[near] - lag])
    return _Block(rows, np.concatenate(keys), [len(one) for one in keys])


def _numbered(keys: Array, cells: int) -> tuple[Array, Array]:
    """The different keys, ascending, and where each of all keys is among them."""
    if cells > _CELLS_A_PAIR * len(keys):
        return np.unique(keys, return_inverse=True)
    met = np.zeros(cells, bool)
    met[keys] = True
    different = np.flatnonzero(met)
    number = np.empty(cells, np.int32)
    number[different] = np.arange(len(different), dtype=np.int32)
    return different, number[keys]


def _found(keys: Array, known: Array, cells: int) -> Array:
    """Where each of ``keys`` is among the ``known`` ones, which ascend; -1 where it is not."""
    if cells > _CELLS_A_PAIR * (len(keys) + len(known)):
        places = np.searchsorted(known, keys)
        places[places == len(known)] = 0
        return np.where(known[places] == keys, places, -1) if len(known) else places - 1
    number = np.full(cells, -1, np.int32)
    number[known] = np.arange(len(known), dtype=np.int32)
    return number[keys]

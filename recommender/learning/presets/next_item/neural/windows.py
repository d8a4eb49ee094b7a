"""Histories cut into windows, and windows of one length brought together. Numpy only."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from recommender.learning.arrays import Array


@dataclass(frozen=True)
class Batch:
    """``items`` int32 (n, length) that are read, zeros after the end of each; ``places`` int64
    (m,) in them, flat, where an item is read, and ``targets`` int64 (m, ahead), those that come
    next, the nearest first, zeros after the end of a history."""

    items: Array
    places: Array
    targets: Array


@dataclass(frozen=True)
class Histories:
    """The ``items`` of all users, one after another, each from ``starts[u]`` to ``stops[u]``."""

    items: Array
    starts: Array
    stops: Array

    @classmethod
    def of(cls, users: Array, items: Array) -> Histories:
        """Of ``users`` and ``items`` in the order of users and times."""
        starts = np.flatnonzero(np.diff(users, prepend=-1))
        stops = np.append(starts[1:], len(users))
        return cls(items.astype(np.int32), starts, stops)

    def __len__(self) -> int:
        return int(np.maximum(self.stops - self.starts - 1, 0).sum())

    def take(self, rows: Array) -> Histories:
        """Those of some users, by their places here."""
        return Histories(self.items, self.starts[rows], self.stops[rows])


def batches(
    histories: Histories,
    window: int,
    size: int,
    random_state: np.random.RandomState | None,
    part: tuple[int, int] = (0, 1),
    ahead: int = 1,
) -> Iterator[Batch]:
    """All windows, about ``size`` items at a time, each item as the nearest target once.

    With ``random_state`` long histories are cut elsewhere each time, and the batches come in any
    order; without, windows end where the histories do. Windows of about one length come together,
    so that little is padded. ``part`` (k, n) gives every n-th batch from the k-th on: as many to
    each k, the first ones again where they do not go round.
    """
    starts, lengths, stops = _cut(histories, window, random_state)
    luck = np.arange(len(starts)) if random_state is None else random_state.permutation(len(starts))
    order = np.lexsort((luck, lengths))
    groups = _groups(lengths[order], size)
    if random_state is not None:
        random_state.shuffle(groups)
    first_of_part, parts = part
    groups += groups[: -len(groups) % parts]
    for first, last in groups[first_of_part::parts]:
        rows = order[first:last]
        yield _batch(histories.items, starts[rows], lengths[rows], stops[rows], ahead)


def _cut(
    histories: Histories, window: int, random_state: np.random.RandomState | None
) -> tuple[Array, Array, Array]:
    """The start of each window, how many of its items have one that comes next, and where its
    history ends."""
    reads = np.maximum(histories.stops - histories.starts - 1, 0)
    shift = np.zeros(len(reads), np.int64)
    if random_state is not None:
        drawn = random_state.randint(0, window, len(reads))
        shift = np.where(reads > window, drawn, 0)
    # The newest window is cut short by the shift, and what it leaves makes one more.
    count = -(-(reads + shift) // window)
    owner = np.repeat(np.arange(len(reads)), count)
    nth = np.arange(len(owner)) - np.repeat(np.cumsum(count) - count, count)
    last = np.minimum(reads[owner] + shift[owner] - nth * window, reads[owner])
    first = np.maximum(reads[owner] + shift[owner] - (nth + 1) * window, 0)
    kept = last > first
    starts = (histories.starts[owner] + first)[kept]
    return starts, (last - first)[kept], histories.stops[owner][kept]


def _groups(lengths: Array, size: int) -> list[tuple[int, int]]:
    """Ranges of ascending lengths that fill about ``size`` places each."""
    groups, first = [], 0
    while first < len(lengths):
        last = first + max(1, size // int(lengths[first]))
        longest = int(lengths[min(last, len(lengths)) - 1])
        last = min(len(lengths), first + max(1, size // longest))
        groups.append((first, last))
        first = last
    return groups


def _batch(items: Array, starts: Array, lengths: Array, stops: Array, ahead: int) -> Batch:
    longest = int(lengths.max())
    steps = np.arange(longest)
    is_read = steps < lengths[:, None]
    at = np.where(is_read, starts[:, None] + steps, 0)
    places = np.flatnonzero(is_read)
    to_come = at.ravel()[places][:, None] + np.arange(1, 1 + ahead)
    is_there = to_come < np.repeat(stops, lengths)[:, None]
    targets = np.where(is_there, items[np.where(is_there, to_come, 0)], 0)
    return Batch(np.where(is_read, items[at], 0).astype(np.int32), places, targets.astype(np.int64))

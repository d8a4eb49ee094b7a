"""What the neighbours of a history's items add up to, from exported arrays. Numpy only."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from recommender.learning.arrays import Array

DECAYS = (0.5, 0.8, 0.95)
SPAN = 48
"""How many of the newest items of a history have a say by their neighbours."""


def step_weights(length: int) -> NDArray[np.float32]:
    """What an item counts by each decay, from the newest item on: (length, DECAYS)."""
    return (np.array(DECAYS) ** np.arange(length)[:, None]).astype(np.float32)


class NeighbourRows:
    """Row i lists the neighbours of item i: ``ids[offsets[i]:offsets[i + 1]]``, ascending, and
    their ``values`` (n, 2 DECAYS): the evidence by each decay, and the affinity by each."""

    def __init__(self, offsets: Array, ids: Array, values: Array) -> None:
        self.offsets, self.ids, self.values = np.asarray(offsets), ids, values
        by_step = step_weights(SPAN)
        self._step_weights = np.zeros((SPAN, 2 * len(DECAYS), 2), np.float32)
        self._step_weights[:, : len(DECAYS), 0] = by_step
        self._step_weights[:, len(DECAYS) :, 1] = by_step

    @property
    def num_items(self) -> int:
        return len(self.offsets) - 1

    def sums(self, history: Array) -> tuple[Array, Array]:
        """The evidence (num_items,) and the affinity (num_items,) that a history gives."""
        newest = history[::-1][:SPAN]
        rows = [slice(*self.offsets[item : item + 2].tolist()) for item in newest]
        if not rows:
            return np.zeros(self.num_items, np.float32), np.zeros(self.num_items, np.float32)
        ids = np.concatenate([self.ids[row] for row in rows])
        sums = np.empty((len(ids), 2), np.float32)
        start = 0
        for row, weights in zip(rows, self._step_weights, strict=False):
            stop = start + row.stop - row.start
            np.matmul(
                self.values[row].astype(np.float32, copy=False), weights, out=sums[start:stop]
            )
            start = stop
        return (
            np.bincount(ids, sums[:, 0], minlength=self.num_items).astype(np.float32),
            np.bincount(ids, sums[:, 1], minlength=self.num_items).astype(np.float32),
        )

    def pulls(self, newest: Array, wanted: Array) -> NDArray[np.float32]:
        """The values of each of ``newest`` (n,) for each of ``wanted`` (k,), zeros where it is no
        neighbour: (k, n, 2 DECAYS)."""
        return self.pulls_of_each([newest], [wanted], len(newest))

    def pulls_of_each(
        self, newest: Sequence[Array], wanted: Sequence[Array], most: int
    ) -> NDArray[np.float32]:
        """What :meth:`pulls` says of several histories, one below the other: (all that are
        wanted, ``most``, 2 DECAYS), zeros behind a history of fewer items than ``most``; none has
        more."""
        pulls = np.zeros((sum(map(len, wanted)), most, self.values.shape[1]), np.float32)
        slots = np.full(self.num_items, -1, np.int32)
        first = 0
        for few, asked in zip(newest, wanted, strict=True):
            starts = self.offsets[few]
            ends = np.cumsum(self.offsets[few + 1] - starts)
            rows = zip(starts.tolist(), self.offsets[few + 1].tolist(), strict=True)
            slots[asked] = np.arange(first, first + len(asked), dtype=np.int32)
            parts = (self.ids[start:stop] for start, stop in rows)
            slot = slots[np.concatenate([self.ids[:0], *parts])]
            found = np.flatnonzero(slot >= 0)
            place = ends.searchsorted(found, side="right")
            entries = found - (ends - np.diff(ends, prepend=0) - starts)[place]
            pulls[slot[found], place] = self.values[entries]
            slots[asked] = -1
            first += len(asked)
        return pulls


def by_kind(values: Array) -> tuple[Array, Array]:
    """Evidence and affinity (...,) of values (..., 2 DECAYS)."""
    return values[..., : len(DECAYS)].sum(axis=-1), values[..., len(DECAYS) :].sum(axis=-1)


def sums_without_each(values: Array, length: int) -> tuple[Array, NDArray[np.float64]]:
    """Evidence and affinity (k, 2) of a history, and (k, length, 2) of it without each item.

    ``values`` (k, n, 2 DECAYS), newest first, are what the items that have a say, and the one
    before them, say of k items: when an item is left out, all before it move up a step.
    """
    weights = np.tile(step_weights(values.shape[1]), 2)
    moved_up = values[:, 1:] * weights[:-1]
    weights[SPAN:] = 0.0
    stay = np.stack(by_kind(values * weights), axis=-1).astype(np.float64)
    move = np.zeros_like(stay)
    move[:, 1:] = np.stack(by_kind(moved_up), axis=-1)
    whole = stay.sum(axis=1)
    newer = np.cumsum(stay, axis=1) - stay
    older = move.sum(axis=1, keepdims=True) - np.cumsum(move, axis=1)
    without = np.repeat(whole[:, None], length, axis=1)
    having_say = min(length, SPAN)
    without[:, length - having_say :] = (newer + older)[:, :having_say][:, ::-1]
    return whole, without

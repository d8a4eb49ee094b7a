"""The ratings laid out for a fit: in cells of some rows of one side and some of the other.

So that what a fit makes of each rating and each row is never there for all of them at once. For
each side of a rating eight bytes are kept: the row of the other side, and the rating.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

import numpy as np
import scipy.sparse as sp
import torch
from numpy.typing import NDArray
from torch import Tensor

from recommender.learning.arrays import FloatArray, IntArray

ROWS_AT_ONCE, OTHERS_AT_ONCE = 2**14, 2**16

Int32 = NDArray[np.int32]


@dataclass(frozen=True)
class Cell:
    """The ratings between some rows and some of the other side's.

    Those of the row n of ``own`` are at ``starts[n]`` to ``starts[n + 1]``; ``others`` says which
    row of ``other`` each one belongs to, counted from that slice's first.
    """

    own: slice
    other: slice
    starts: Tensor  # int32
    others: Tensor  # int32
    ratings: Tensor
    weights: Tensor | None

    @property
    def rows(self) -> Tensor:
        """The row of ``own`` that each rating belongs to: they ascend."""
        numbers = torch.arange(len(self.starts) - 1, device=self.starts.device)
        return numbers.repeat_interleave(self.starts.diff())

    def spread(self, values: Tensor, rows: Tensor) -> Tensor:
        """Sum ``values`` times the other side's ``rows`` over the ratings of each own row."""
        size = (len(self.starts) - 1, len(rows))
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", message="Sparse CSR tensor support is in beta")
            matrix = torch.sparse_csr_tensor(
                self.starts, self.others, values, size, check_invariants=False
            )
        return matrix @ rows


@dataclass(frozen=True, eq=False)
class Ratings:
    """Ratings of rows that all have some: each one's place among the users and the items.

    ``users`` and ``items`` (N,) count from 0; ``stars`` (N,) are less their mean; ``weights`` (N,)
    None are all 1.
    """

    users: Int32
    items: Int32
    stars: FloatArray
    weights: FloatArray | None

    def of_users(self, device: torch.device) -> list[Cell]:
        return list(self._cells(self.users, self.items, device))

    def of_items(self, device: torch.device) -> list[Cell]:
        return list(self._cells(self.items, self.users, device))

    def _cells(self, own: Int32, other: Int32, device: torch.device) -> Iterator[Cell]:
        """In the order of the rows, and for the same rows in that of the others."""
        order, starts = _by_row(own)
        tensor = partial(torch.as_tensor, device=device)
        for first in range(0, len(starts) - 1, ROWS_AT_ONCE):
            rows = slice(first, min(first + ROWS_AT_ONCE, len(starts) - 1))
            block = slice(starts[rows.start], starts[rows.stop])
            at: slice | NDArray[np.integer] = block if order is None else order[block]
            within = (starts[rows.start : rows.stop + 1] - starts[rows.start]).astype(np.int32)
            for others, chosen, ends in _across(other[at], within):
                places = at if chosen is None else _at(at, chosen)
                yield Cell(
                    own=rows,
                    other=others,
                    starts=tensor(ends),
                    others=tensor(other[places] - np.int32(others.start)),
                    ratings=tensor(self.stars[places]),
                    weights=None if self.weights is None else tensor(self.weights[places]),
                )


def numbered(ids: IntArray, size: int) -> tuple[IntArray, Int32]:
    """Which of the ids below ``size`` there are, and the place (N,) of each one among them."""
    present = np.bincount(ids, minlength=size) > 0
    places = (np.cumsum(present) - 1).astype(np.int32)
    return np.flatnonzero(present), places[ids]


def _by_row(ids: Int32) -> tuple[Int32 | None, IntArray]:
    """The order of the ratings by row, stable; None where they have it. And where each begins."""
    starts = np.concatenate([[0], np.cumsum(np.bincount(ids))])
    if (ids[1:] >= ids[:-1]).all():
        return None, starts
    # Each rating as the only entry of a row of its own: transposed, they are sorted by counting.
    alone = sp.csr_matrix(
        (np.zeros(len(ids), np.int8), ids, np.arange(len(ids) + 1)), (len(ids), len(starts) - 1)
    )
    return alone.tocsc().indices, starts


def _across(
    others: Int32, starts: Int32
) -> Iterator[tuple[slice, NDArray[np.integer] | None, Int32]]:
    """Part the ratings of some rows by cells: the other side's rows, which ratings (None: all),
    and where those of each row start."""
    beside = (others // OTHERS_AT_ONCE).astype(np.int16)
    for number in np.flatnonzero(np.bincount(beside)):
        cell = slice(int(number) * OTHERS_AT_ONCE, (int(number) + 1) * OTHERS_AT_ONCE)
        chosen = np.flatnonzero(beside == number)
        if len(chosen) == len(others):
            yield cell, None, starts
        else:
            yield cell, chosen, np.searchsorted(chosen, starts).astype(np.int32)


def _at(places: slice | NDArray[np.integer], chosen: NDArray[np.integer]) -> NDArray[np.integer]:
    return chosen + places.start if isinstance(places, slice) else places[chosen]

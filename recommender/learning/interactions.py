"""Who met which item: the data that every model is fitted on. Numpy and scipy only."""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.sparse as sp
from numpy.typing import ArrayLike, NDArray

from recommender.learning.arrays import FloatArray, IntArray
from recommender.learning.validation import (
    as_column,
    as_features,
    as_floats,
    as_ids,
    as_timestamps,
    check_ids,
    check_length,
    check_positive,
    check_size,
)

PADDING_ITEM = 0


class Interactions:
    """Pairs of a user and an item, with what is known about each meeting.

    For *implicit feedback* a pair means that the user chose the item, and every other pair is
    unknown. For *explicit feedback* each pair has a rating.

    Parameters
    ----------
    user_ids, item_ids: integers, shape (n,)
        Dense ids from 0. Other ids: see :class:`recommender.learning.ids.IdMap`. Item 0 is the
        padding item wherever sequences are made.
    ratings: numbers, shape (n,), optional
        Stored as float32.
    timestamps: integers, shape (n,), optional
        Seconds since 1970, or any numbers that order the interactions.
    weights: numbers, shape (n,), optional
        How much each interaction counts in every loss; not negative. Stored as float32.
    num_users, num_items: int, optional
        Larger than the largest id; taken from the ids when not given.
    user_features, item_features: matrix, shape (num_users, f) or (num_items, f), optional
        Side information, dense or scipy.sparse; kept as a float32 CSR matrix.
    context_features: numbers, shape (n, f), optional
        What is known about the moment of each interaction. Stored as float32.

    Raises
    ------
    ValueError
        Naming the argument and the value: lengths that differ, ids that are negative or not below
        the declared number, NaN, or no interactions at all where the numbers are not declared.
    """

    def __init__(
        self,
        user_ids: ArrayLike,
        item_ids: ArrayLike,
        ratings: ArrayLike | None = None,
        timestamps: ArrayLike | None = None,
        weights: ArrayLike | None = None,
        num_users: int | None = None,
        num_items: int | None = None,
        *,
        user_features: Any = None,
        item_features: Any = None,
        context_features: ArrayLike | None = None,
    ) -> None:
        self.user_ids: IntArray = as_ids("user_ids", user_ids)
        self.item_ids: IntArray = as_ids("item_ids", item_ids)
        size = len(self.user_ids)
        check_length("item_ids", self.item_ids, size)
        if size == 0 and (num_users is None or num_items is None):
            raise ValueError(
                "user_ids is empty: without interactions, num_users and num_items must be given, "
                f"got num_users={num_users!r}, num_items={num_items!r}"
            )
        self.num_users = check_size("num_users", num_users, _smallest_size(self.user_ids))
        self.num_items = check_size("num_items", num_items, _smallest_size(self.item_ids))

        self.ratings: FloatArray | None = as_column("ratings", ratings, size)
        self.timestamps: NDArray[Any] | None = as_timestamps(timestamps, size)
        self.weights: FloatArray | None = as_column("weights", weights, size)
        if self.weights is not None and size and self.weights.min() < 0:
            raise ValueError(f"weights must not be negative, got {self.weights.min()}")

        self.user_features = as_features("user_features", user_features, self.num_users)
        self.item_features = as_features("item_features", item_features, self.num_items)
        self.context_features: FloatArray | None = None
        if context_features is not None:
            self.context_features = as_floats("context_features", context_features, size)
            if self.context_features.ndim != 2:
                raise ValueError(
                    f"context_features must have two dimensions, got {self.context_features.shape}"
                )

    def __repr__(self) -> str:
        return (
            f"<Interactions dataset ({self.num_users} users x {self.num_items} items "
            f"x {len(self)} interactions)>"
        )

    def __len__(self) -> int:
        return len(self.user_ids)

    def check(self) -> None:
        """Raise ``ValueError`` where a column was changed so that it no longer fits the others."""
        self.take(slice(None))

    def take(self, rows: NDArray[Any] | slice) -> Interactions:
        """The interactions at ``rows`` (positions, a mask or a slice), with the same sizes."""

        def at(column: NDArray[Any] | None) -> NDArray[Any] | None:
            return None if column is None else column[rows]

        return Interactions(
            self.user_ids[rows],
            self.item_ids[rows],
            ratings=at(self.ratings),
            timestamps=at(self.timestamps),
            weights=at(self.weights),
            num_users=self.num_users,
            num_items=self.num_items,
            user_features=self.user_features,
            item_features=self.item_features,
            context_features=at(self.context_features),
        )

    def time_order(self) -> NDArray[np.int64]:
        """Positions sorted by user, then time, then original row (``int64``, shape (n,)).

        Ties in time keep their original order: MovieLens timestamps collide often, and an
        unstable sort changes a quarter of all leave-one-out targets.
        """
        return np.lexsort((self._times("sort by time"), self.user_ids)).astype(np.int64)

    def tocoo(self) -> sp.coo_matrix:
        """A COO matrix (num_users, num_items) of the ratings, or of ones."""
        data = np.ones(len(self), np.float32) if self.ratings is None else self.ratings
        return sp.coo_matrix(
            (data, (self.user_ids, self.item_ids)), shape=(self.num_users, self.num_items)
        )

    def tocsr(self) -> sp.csr_matrix:
        """As :meth:`tocoo`, as CSR; ratings of a repeated pair are added up."""
        return self.tocoo().tocsr()

    def to_sequence(
        self,
        max_sequence_length: int = 10,
        min_sequence_length: int | None = None,
        step_size: int | None = None,
    ) -> SequenceInteractions:
        """Slide a window over each user's items in time order.

        A user's windows come most recent first. Each is left-padded with item 0 and has its
        newest item last: the items 1 to 5 at length 5 and step 2 give ``[1 2 3 4 5]``,
        ``[0 0 1 2 3]`` and ``[0 0 0 0 1]``.

        Parameters
        ----------
        max_sequence_length: int
            The width of the window.
        min_sequence_length: int, optional
            Leave out windows with fewer items.
        step_size: int, optional
            How far the window moves; ``max_sequence_length`` when not given, so that no item
            appears twice.

        Raises
        ------
        ValueError
            If there are no timestamps, if 0 is an item id, or if a length is not usable.
        """
        check_positive("max_sequence_length", max_sequence_length)
        step = max_sequence_length if step_size is None else step_size
        check_positive("step_size", step)
        if min_sequence_length is not None and not (
            1 <= min_sequence_length <= max_sequence_length
        ):
            raise ValueError(
                f"min_sequence_length must be between 1 and max_sequence_length "
                f"({max_sequence_length}), got {min_sequence_length}"
            )
        self._times("make sequences")
        if len(self) and self.item_ids.min() == PADDING_ITEM:
            row = int(np.argmin(self.item_ids))
            raise ValueError(
                f"item_ids must not contain {PADDING_ITEM}, the padding item, found at {row}"
            )

        order = self.time_order()
        users, first, counts = np.unique(
            self.user_ids[order], return_index=True, return_counts=True
        )
        windows = -(-counts // step)
        owner = np.repeat(np.arange(len(users)), windows)
        nth = np.arange(len(owner)) - np.repeat(np.cumsum(windows) - windows, windows)
        end = first[owner] + counts[owner] - nth * step

        positions = end[:, None] - max_sequence_length + np.arange(max_sequence_length)
        inside = positions >= first[owner][:, None]
        rows = order[positions[inside]]
        sequences = np.zeros(positions.shape, np.int64)
        sequences[inside] = self.item_ids[rows]
        weights = None
        if self.weights is not None:
            weights = np.zeros(positions.shape, np.float32)
            weights[inside] = self.weights[rows]

        keep = np.ones(len(sequences), bool)
        if min_sequence_length is not None:
            keep = inside[:, -min_sequence_length]
        return SequenceInteractions(
            sequences[keep],
            user_ids=users[owner][keep],
            num_items=self.num_items,
            weights=None if weights is None else weights[keep],
        )

    def _times(self, purpose: str) -> NDArray[Any]:
        if self.timestamps is None:
            raise ValueError(f"timestamps must be given to {purpose}, got None")
        return self.timestamps


class SequenceInteractions:
    """Interactions as rows of items, oldest first, left-padded with item 0.

    Parameters
    ----------
    sequences: integers, shape (n, max_sequence_length)
    user_ids: integers, shape (n,), optional
        Whose sequence each row is.
    num_items: int, optional
        Larger than the largest item id.
    weights: numbers, shape (n, max_sequence_length), optional
        How much each item counts as a target.

    Raises
    ------
    ValueError
        Naming the argument and the value.
    """

    def __init__(
        self,
        sequences: ArrayLike,
        user_ids: ArrayLike | None = None,
        num_items: int | None = None,
        *,
        weights: ArrayLike | None = None,
    ) -> None:
        array = np.asarray(sequences)
        if array.ndim != 2:
            raise ValueError(f"sequences must have two dimensions, got shape {array.shape}")
        self.sequences: IntArray = check_ids("sequences", array)
        self.max_sequence_length = self.sequences.shape[1]
        self.num_items = check_size("num_items", num_items, _smallest_size(self.sequences))
        self.user_ids: IntArray | None = None
        if user_ids is not None:
            self.user_ids = as_ids("user_ids", user_ids)
            if len(self.user_ids) != len(self.sequences):
                raise ValueError(
                    f"user_ids must have length {len(self.sequences)}, got {len(self.user_ids)}"
                )
        self.weights: FloatArray | None = None
        if weights is not None:
            self.weights = as_floats("weights", weights)
            if self.weights.shape != self.sequences.shape:
                raise ValueError(
                    f"weights must have shape {self.sequences.shape}, got {self.weights.shape}"
                )
            if self.weights.size and self.weights.min() < 0:
                raise ValueError(f"weights must not be negative, got {self.weights.min()}")

    def check(self) -> None:
        """As :meth:`Interactions.check`."""
        SequenceInteractions(self.sequences, self.user_ids, self.num_items, weights=self.weights)

    def __repr__(self) -> str:
        count, length = self.sequences.shape
        return f"<Sequence interactions dataset ({count} sequences x {length} sequence length)>"

    def __len__(self) -> int:
        return len(self.sequences)


def _smallest_size(ids: IntArray) -> int:
    return int(ids.max()) + 1 if ids.size else 1

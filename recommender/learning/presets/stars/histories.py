"""Who rated what in training, kept by a model that folds its own users in to predict for them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from recommender.learning.arrays import FloatArray, IntArray
from recommender.learning.interactions import Interactions


@dataclass(frozen=True, eq=False)
class Histories:
    """The items (n,) and ratings (n,) of all users; ``offsets`` (num_users + 1,) part them."""

    offsets: IntArray
    items: NDArray[np.signedinteger]  # int32, or int64 as older releases saved them
    ratings: FloatArray

    @classmethod
    def of(cls, interactions: Interactions) -> Self:
        """The histories in ``interactions``, which must have ratings."""
        users = interactions.user_ids
        in_order = (users[1:] >= users[:-1]).all()
        order = slice(None) if in_order else np.argsort(users, kind="stable")
        ends = np.cumsum(np.bincount(users, minlength=interactions.num_users))
        return cls(
            np.concatenate([[0], ends]),
            interactions.item_ids[order].astype(np.int32),
            np.array(np.asarray(interactions.ratings)[order]),
        )

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]]) -> Self:
        """What :meth:`arrays` gave."""
        return cls(arrays["history_offsets"], arrays["history_items"], arrays["history_ratings"])

    def arrays(self) -> dict[str, NDArray[Any]]:
        """By the names under which they are saved."""
        return {
            "history_offsets": self.offsets,
            "history_items": self.items,
            "history_ratings": self.ratings,
        }

    @property
    def num_users(self) -> int:
        return len(self.offsets) - 1

    def of_user(self, user: int) -> tuple[IntArray, FloatArray]:
        """One user's items and ratings, in the order of the interactions."""
        rows = slice(*self.offsets[user : user + 2].tolist())
        return self.items[rows].astype(np.int64), self.ratings[rows]

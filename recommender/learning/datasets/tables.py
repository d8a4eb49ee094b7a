"""Tables of ratings with any ids, as interactions with dense ones."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from recommender.learning.ids import IdMap
from recommender.learning.interactions import Interactions


@dataclass(frozen=True)
class MappedInteractions:
    """Interactions with dense ids, and the maps back to the original ones."""

    interactions: Interactions
    users: IdMap
    items: IdMap


def from_columns(
    users: Iterable[Hashable],
    items: Iterable[Hashable],
    ratings: ArrayLike | None = None,
    timestamps: ArrayLike | None = None,
    weights: ArrayLike | None = None,
) -> MappedInteractions:
    """Interactions from columns of any hashable ids.

    Users count from 0 and items from 1, in the order of first appearance, so that item 0 stays
    free for padding and no id is a phantom.
    """
    users, items = list(users), list(items)
    user_map, item_map = IdMap(users), IdMap(items, first=1)
    interactions = Interactions(
        user_map.to_dense(users),
        item_map.to_dense(items),
        ratings=ratings,
        timestamps=timestamps,
        weights=weights,
        num_users=max(user_map.size, 1),
        num_items=max(item_map.size, 1),
    )
    return MappedInteractions(interactions, user_map, item_map)


def from_integers(
    users: np.ndarray,
    items: np.ndarray,
    ratings: ArrayLike | None = None,
    timestamps: ArrayLike | None = None,
) -> Interactions:
    """As :func:`from_columns` for integer ids, in ascending order of ids, without the maps."""
    _, user_ids = np.unique(users, return_inverse=True)
    _, item_ids = np.unique(items, return_inverse=True)
    return Interactions(user_ids, item_ids + 1, ratings=ratings, timestamps=timestamps)

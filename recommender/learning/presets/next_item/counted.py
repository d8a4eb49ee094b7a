"""The counted members of the blend: of all interactions, and without those that are held out."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from recommender.learning.interactions import Interactions
from recommender.learning.presets.next_item.ease import Autoencoder
from recommender.learning.presets.next_item.held_out import times_of
from recommender.learning.presets.next_item.neighbours import neighbour_table, popularity
from recommender.learning.presets.next_item.pairs import PairCounter, Pairs, Paths, lags_of
from recommender.learning.presets.next_item.strongest import Limits, strongest_pairs
from recommender.learning.presets.next_item.traits import item_traits
from recommender.learning.presets.next_item.weights import Members


class Counted:
    """What was counted once, of interactions in the order of users and times."""

    def __init__(self, data: Interactions, limits: Limits, ridge: float) -> None:
        self._times, self._limits = times_of(data), limits
        self._num_items = data.num_items
        self._met = popularity(data.item_ids, data.num_items)
        paths = Paths.of(data.user_ids, data.item_ids, data.num_items)
        self._items = paths.items
        self._counter = PairCounter(paths, lags_of(len(data)))
        self._pairs = strongest_pairs(self._counter, self._met, limits.wider)
        first = np.concatenate([[False], data.user_ids[1:] != data.user_ids[:-1]])
        owners = np.cumsum(first, dtype=np.int32)
        self._autoencoder = Autoencoder(owners, paths.items, self._met, ridge)

    def members(self, held: NDArray[np.bool_] | None = None) -> Members:
        """All members, without what is ``held`` (n,) out: all of a user's, or the user's newest."""
        met = self._met
        if held is not None:
            met = met - popularity(self._items[held], self._num_items)
        table = neighbour_table(self._without(held), met, self._limits)
        table.affinity[:, -1] = self._autoencoder.weights(table.offsets, table.ids, held)
        traits = item_traits(self._items, self._times, self._num_items, held)
        return Members(table, traits, met / met.sum())

    def _without(self, held: NDArray[np.bool_] | None) -> Pairs:
        return self._pairs if held is None else self._counter.without(self._pairs, held)

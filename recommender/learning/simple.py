"""What a small model of what comes next need not write itself."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from recommender.learning.arrays import FloatArray, IntArray
from recommender.learning.interactions import Interactions
from recommender.learning.interfaces import Arrays, Export, Settings
from recommender.learning.progress import ProgressCallback


class SimpleNextItemModel(ABC):
    """A `NextItemModel` and its `NextItemScorer` in one class: only `fit` and `scores` are missing.

    It has neither batches nor checkpoints. What it has learned is ``arrays``, which are exported;
    one with a row an item is named ``item_...``, and there is at least one of them.
    """

    batch_size: int | None = None

    def __init__(self) -> None:
        self.arrays: dict[str, NDArray[Any]] = {}

    @classmethod
    def load(cls, arrays: Arrays, settings: Settings) -> Self:
        """The fitted model, from what it exported."""
        model = cls()
        model.arrays = dict(arrays)
        return model

    @abstractmethod
    def fit(
        self,
        interactions: Interactions,
        *,
        progress: ProgressCallback | None = None,
        warm_start: Arrays | None = None,
    ) -> Self:
        """Learn ``arrays``."""

    @abstractmethod
    def scores(self, history: IntArray) -> FloatArray:
        """Scores (num_items,) of all items; the padding item has minus infinity."""

    def checkpoint(self) -> Arrays | None:
        """None: it is begun anew in a moment."""
        return None

    def export(self) -> Export:
        return dict(self.arrays), {}

    @property
    def num_items(self) -> int:
        """Raises ``ValueError`` before it was fitted."""
        for name, array in self.arrays.items():
            if name.startswith("item_"):
                return len(array)
        raise ValueError(f"{type(self).__name__} has no array named item_...: fit it first")

    def predict(self, sequences: IntArray) -> FloatArray:
        return np.array([self.scores(row) for row in sequences], np.float32)

    def log_chances(self, history: IntArray) -> FloatArray:
        """The scores themselves: override it where they are no logarithms."""
        return self.scores(history)

    def explain_each(self, history: IntArray, item_ids: Sequence[int]) -> FloatArray:
        """Zeros: no item of the history is named as a reason."""
        return np.zeros((len(item_ids), len(history)), np.float32)

    def similar(self, item_id: int, n: int) -> tuple[IntArray, FloatArray]:
        """Nothing: it does not say which items are alike."""
        return np.zeros(0, np.int64), np.zeros(0, np.float32)

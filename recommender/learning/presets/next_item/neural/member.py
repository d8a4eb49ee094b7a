"""What the transformer adds to the counted members when the next item is scored. Numpy only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from recommender.learning.arrays import Array
from recommender.learning.presets.next_item.neural.reader import Floats, HistoryReader

EXPLAINED = 48
"""So many of the newest items are left out in turn to explain a score; the others have no part."""


def is_neural(name: str) -> bool:
    """Whether an array of this name is the transformer's."""
    return name.startswith(("neural_", "item_neural"))


@dataclass(frozen=True)
class Blend:
    """A score is ``counted`` x the counted log chance + (``start`` + ``slope`` x log(1 + length))
    x the transformer's, which has a say that grows with the history."""

    counted: float
    start: float
    slope: float

    def weight(self, length: int) -> float:
        """How much the transformer counts after so many items."""
        return max(0.0, self.start + self.slope * float(np.log1p(length)))


class NeuralMember:
    """The reader of histories and its blend, from the arrays that training exports.

    ``neural_blend`` (3,) is a `Blend`, and ``item_neural_met`` (num_items,) is 1 for items that
    the reader met in training: it reads no others, and gives them its least chance.
    """

    def __init__(self, arrays: Mapping[str, Array]) -> None:
        self._reader = HistoryReader(arrays)
        self._blend = Blend(*np.asarray(arrays["neural_blend"]).tolist())
        self._met = np.asarray(arrays["item_neural_met"]) > 0
        self._unmet = np.flatnonzero(~self._met)

    @property
    def counted_weight(self) -> float:
        """What the counted members' log chances are multiplied by."""
        return self._blend.counted

    def blend(self, counted: Array, history: Array) -> Floats:
        """Log chances (num_items,) from the ``counted`` ones, up to a constant.

        They stay as they are where there is nothing to read.
        """
        read = history[self._met[history]]
        if not len(read):
            return counted
        said = np.float32(self._blend.weight(len(read))) * self.log_chances(read)
        said += np.float32(self._blend.counted) * counted
        return said

    def log_chances(self, read: Array) -> Floats:
        """The transformer's own log chances (num_items,) after items that it has met."""
        return self._log_chances(self._reader.state(read)[None])[0]

    def explain_each(self, history: Array, wanted: Array) -> Floats:
        """What each item of ``history`` adds to the scores of ``wanted``: (len(wanted), length).

        The transformer's part of the score, less that of a history without the item."""
        result = np.zeros((len(wanted), len(history)), np.float32)
        places = np.flatnonzero(self._met[history])
        read = history[places]
        newest = min(EXPLAINED, len(read))
        if not newest:
            return result
        if len(read) == 1:
            # Without any item a state is zero, and popularity answers.
            state = self._reader.state(read)
            states = np.stack([state, np.zeros_like(state)])
        else:
            states = self._reader.states_without_each(read, newest)
        said = self._log_chances(states)[:, wanted] * np.float32(self._blend.weight(len(read)))
        result[:, places[len(read) - newest :]] = (said[:1] - said[1:]).T
        return result

    def _log_chances(self, states: Floats) -> Floats:
        scores = self._reader.answers(states)
        scores[:, self._unmet] = -np.inf
        top = scores.max(axis=1, keepdims=True)
        scores -= top + np.log(np.exp(scores - top).sum(axis=1, keepdims=True))
        if len(self._unmet):
            least = np.where(np.isfinite(scores), scores, np.inf).min(axis=1, keepdims=True)
            scores[:, self._unmet] = least
        return scores

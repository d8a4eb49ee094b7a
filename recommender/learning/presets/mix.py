"""What the two presets say together: one merit per film, in stars. Numpy only.

A film's merit is the stars that are foreseen, plus a weight times the log of the chance that it
comes next, less a number of standard deviations of what the foreseen stars may be wrong by.

The logarithm has a unit of its own, so that a weight means the same in a catalog of any size:
nothing is standardised over films that nobody has met.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass

import numpy as np

from recommender.learning.arrays import FloatArray


@dataclass(frozen=True, kw_only=True)
class Mix:
    """The weights of one list.

    Attributes
    ----------
    next_weight
        Stars per nat of the next-item model's log chance.
    caution
        Standard deviations of the foreseen stars that are taken off.
    lately_weight
        Stars per nat of how often an item was rated lately by anybody. Nothing is learned of it
        from ratings that are held out at random, which lie in the past of others that are known.
    """

    next_weight: float
    caution: float
    lately_weight: float = 0.0

    def merit(
        self, stars: FloatArray, log_chances: FloatArray, uncertainty: FloatArray
    ) -> FloatArray:
        """Merit (n,) of n items, each argument in their order."""
        merit: FloatArray = (
            stars
            + np.float32(self.next_weight) * log_chances
            - np.float32(self.caution) * uncertainty
        )
        return merit


@dataclass(frozen=True, kw_only=True)
class Mixes:
    """The mix of each list that both presets make together."""

    top_picks: Mix
    watch_next: Mix

    def settings(self) -> dict[str, dict[str, float]]:
        """JSON-able, for `from_settings`."""
        return asdict(self)

    @classmethod
    def from_settings(cls, settings: Mapping[str, Mapping[str, float]]) -> Mixes:
        """Raises ``TypeError`` or ``KeyError`` for what `settings` did not write."""
        return cls(top_picks=Mix(**settings["top_picks"]), watch_next=Mix(**settings["watch_next"]))


# Where none were fitted. Chosen on members with odd keys, confirmed on those with even ones: see
# docs/performance.md.
USUAL = Mixes(
    top_picks=Mix(next_weight=0.1, caution=2.0, lately_weight=0.05),
    watch_next=Mix(next_weight=0.15, caution=1.0, lately_weight=0.2),
)

"""What the two presets say together: one merit per film, in stars. Numpy only.

A film's merit is the stars that are foreseen, plus a weight times the log of the chance that it
comes next, less a number of standard deviations of what the foreseen stars may be wrong by.

The logarithm has a unit of its own, so that a weight means the same in a catalog of any size:
nothing is standardised over films that nobody has met.
"""

from __future__ import annotations

from dataclasses import dataclass

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
    """

    next_weight: float
    caution: float

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


# Chosen on members with odd keys, confirmed on those with even ones: see docs/performance.md.
TOP_PICKS = Mix(next_weight=0.1, caution=2.0)
WATCH_NEXT = Mix(next_weight=0.15, caution=1.0)

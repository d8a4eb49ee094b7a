"""How stars and what comes next are mixed into top picks. Numpy only."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Scores = NDArray[np.float32]


@dataclass(frozen=True, kw_only=True)
class Mix:
    """The merit of an item among top picks, in stars.

    Attributes
    ----------
    next_weight
        Stars per unit of the logarithm of the chance to come next.
    caution
        Posterior standard deviations that are taken off the predicted stars.
    """

    next_weight: float
    caution: float

    def merit(self, stars: Scores, next_scores: Scores, uncertainty: Scores) -> Scores:
        """Merit (n,) of the n items that may be offered, each argument in their order."""
        merit: Scores = (
            stars
            + np.float32(self.next_weight) * log_chances(next_scores)
            - np.float32(self.caution) * uncertainty
        )
        return merit


TOP_PICKS = Mix(next_weight=0.1, caution=3.0)


def log_chances(scores: Scores) -> Scores:
    """Logarithms (n,) of chances that sum to 1, from the scores of a conditional logit.

    Scores of minus infinity stay so.
    """
    if not len(scores) or (highest := scores.max()) == -np.inf:
        return scores
    total = np.exp(scores - highest).sum()
    chances: Scores = scores - (highest + np.log(total))
    return chances

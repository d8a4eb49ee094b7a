"""What the live models say about every film, given one history.

Scores are in rows of the catalog arrays. Each is computed once, when first asked for; nothing is
kept from one request to the next, so that a rating shows on the next.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from recommender.data.histories import History
from recommender.learning.arrays import BoolArray, FloatArray, IntArray
from recommender.learning.interfaces import FoldedUser, Scorer
from recommender.serving.live import LiveState, Placed, live_state
from recommender.serving.ranking import mean_and_deviation, standardised

# Stars per standard deviation of the sequence model's scores: what it adds to the predicted stars
# in top picks. Chosen on validation users, see docs/performance.md.
SEQUENCE_WEIGHT = 0.8

# A prediction is shown as a guess when it may be wrong by more than this, or with fewer ratings.
UNCERTAIN_STARS = 0.9
FEW_RATINGS = 5


@dataclass
class ModelScores:
    """Predicted stars, their uncertainty and next-film scores for one history."""

    history: History
    live: LiveState = field(default_factory=live_state)

    @cached_property
    def rated_rows(self) -> IntArray:
        """The row of each film of the history, -1 for those that are not in the catalog."""
        return self.live.catalog.rows_of(self.history.movie_ids)

    def known(self, placed: Placed[Scorer]) -> tuple[BoolArray, IntArray]:
        """Which films of the history the version has seen, and the items that they are."""
        rows = self.rated_rows
        items = np.where(rows >= 0, placed.item_of_row[rows], 0) if len(rows) else rows
        known = items > 0
        return known, items[known]

    def knows(self, placed: Placed[Scorer] | None) -> bool:
        """Whether there is a version that has seen any film of the history."""
        return placed is not None and len(self.known(placed)[1]) > 0

    @property
    def has_known_history(self) -> bool:
        """Whether any live version has seen any film of the history."""
        return self.knows(self.live.factorization) or self.knows(self.live.sequence)

    @cached_property
    def folded(self) -> FoldedUser | None:
        """The user folded into the factorization from the ratings; None without a version."""
        if (placed := self.live.factorization) is None:
            return None
        known, items = self.known(placed)
        return placed.version.scorer.fold_in(items, self.history.stars[known])

    @cached_property
    def stars(self) -> FloatArray | None:
        """Predicted stars (num_movies,), -inf for films not seen in training."""
        if (placed := self.live.factorization) is None or (folded := self.folded) is None:
            return None
        return placed.spread(placed.version.scorer.predict(folded))

    @cached_property
    def next_scores(self) -> FloatArray | None:
        """The sequence model's scores (num_movies,), -inf for films not seen in training."""
        if (placed := self.live.sequence) is None:
            return None
        return placed.spread(placed.version.scorer.scores(self.known(placed)[1]))

    @cached_property
    def next_standing(self) -> FloatArray | None:
        """`next_scores` in deviations from their mean."""
        if self.next_scores is None:
            return None
        return standardised(self.next_scores, self._next_moments)

    @cached_property
    def stars_per_next_score(self) -> np.float32:
        """What a unit of the sequence model's score counts for among top picks."""
        deviation = self._next_moments[1]
        return np.float32(SEQUENCE_WEIGHT / deviation if deviation else 0.0)

    @cached_property
    def _next_moments(self) -> tuple[float, float]:
        return (0.0, 0.0) if self.next_scores is None else mean_and_deviation(self.next_scores)

    def uncertainty(self, rows: IntArray) -> FloatArray:
        """By how many stars (one standard deviation) the prediction for each film may be wrong."""
        if (placed := self.live.factorization) is None or (folded := self.folded) is None:
            return np.full(len(rows), np.inf, np.float32)
        asked = rows[np.isnan(self._deviations[rows])]
        items = placed.item_of_row[asked]
        self._deviations[asked] = np.inf
        if len(seen := np.flatnonzero(items)):
            deviations = placed.version.scorer.uncertainty(folded, items[seen])
            self._deviations[asked[seen]] = deviations
        return self._deviations[rows]

    @cached_property
    def _deviations(self) -> FloatArray:
        """What `uncertainty` has worked out so far (num_movies,), NaN where it was not asked."""
        return np.full(len(self.live.catalog), np.nan, np.float32)

    def predictions(self, rows: IntArray) -> list[float | None]:
        """Predicted stars of each film; None where no model can say, or nothing was rated."""
        if self.stars is None or not len(self.history) or not self.history.rated:
            return [None] * len(rows)
        values = self.stars[rows]
        return [round(float(value), 2) if value > -np.inf else None for value in values]

    def is_uncertain(self, rows: IntArray) -> list[bool]:
        """Whether each prediction should be shown as a guess."""
        if len(self.history) < FEW_RATINGS:
            return [True] * len(rows)
        return [bool(value > UNCERTAIN_STARS) for value in self.uncertainty(rows)]

    def vectors(self, rows: IntArray) -> FloatArray:
        """Item vectors (len(rows), k) by which films are alike; zeros where no model knows one."""
        placed = self.live.factorization
        if placed is None or (vectors := placed.version.item_vectors) is None:
            return np.zeros((len(rows), 1), np.float32)
        items = placed.item_of_row[rows]
        found: FloatArray = np.array(vectors[items], np.float32)
        found[items == 0] = 0
        return found

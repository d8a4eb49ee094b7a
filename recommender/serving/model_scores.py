"""What the live models say about every film, given one history.

Scores are in rows of the catalog arrays. Each is computed once, when first asked for; nothing is
kept from one request to the next, so that a rating shows on the next.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from recommender.data.histories import History
from recommender.data.stage_times import timed
from recommender.learning.arrays import BoolArray, FloatArray, IntArray, at_places
from recommender.learning.interfaces import FoldedUser, Scorer, StarScorer
from recommender.serving.live import LiveState, Placed, live_state

# A prediction is shown as a guess when it may be wrong by more than this (one in seven is, among
# films that a member goes on to rate), or when the member or the film has fewer ratings.
UNCERTAIN_STARS = 0.35
FEW_RATINGS = 5


@dataclass
class ModelScores:
    """Predicted stars, their uncertainty and next-film scores for one history."""

    history: History
    live: LiveState = field(default_factory=live_state)

    @cached_property
    def rated_rows(self) -> IntArray:
        """The row of each film that was rated, -1 for those that are not in the catalog."""
        return self.live.catalog.rows_of(self.history.movie_ids)

    def known(self, placed: Placed[Scorer]) -> tuple[BoolArray, IntArray]:
        """Which of the films that were rated the version knows, and the items that they are."""
        items = _items(placed, self.rated_rows)
        known = items > 0
        return known, items[known]

    def watched(self, placed: Placed[Scorer]) -> IntArray:
        """The items that the version knows of all films seen, rated or not, in order of time."""
        items = _items(placed, self.live.catalog.rows_of(self.history.watched_ids))
        return items[items > 0]

    def knows(self, placed: Placed[Scorer] | None) -> bool:
        """Whether there is a version that has seen any film of the history."""
        return placed is not None and len(self.watched(placed)) > 0

    @property
    def has_known_history(self) -> bool:
        """Whether any live version has seen any film of the history."""
        return self.knows(self.live.factorization) or self.knows(self.live.sequence)

    @cached_property
    @timed("fold in")
    def folded(self) -> FoldedUser | None:
        """The user folded into the factorization; None without a version.

        What was seen without stars says who the user is, and nothing about the films.
        """
        if (placed := self.live.factorization) is None:
            return None
        known, items = self.known(placed)
        seen = _items(placed, self.live.catalog.rows_of(self.history.seen_ids))
        return placed.version.scorer.fold_in(items, self.history.stars[known], seen[seen > 0])

    @cached_property
    @timed("stars")
    def stars(self) -> FloatArray | None:
        """Predicted stars (num_movies,), -inf for films of which nothing can be said."""
        if (placed := self.live.factorization) is None or (folded := self.folded) is None:
            return None
        stars = placed.spread(placed.version.scorer.predict(folded))
        if (new := self.live.placed_films) is not None:
            stars[new.rows] = new.scorer.predict(folded)[1:]
        return stars

    @cached_property
    @timed("next film")
    def next_scores(self) -> FloatArray | None:
        """The sequence model's scores (num_movies,), -inf where it can say nothing."""
        if (placed := self.live.sequence) is None:
            return None
        scores = placed.spread(placed.version.scorer.scores(self.watched(placed)))
        if (new := self.live.new_film_shares) is not None:
            new.fill(scores)
        return scores

    @cached_property
    def log_chances(self) -> FloatArray | None:
        """Log chances (num_movies,) that each film comes next, up to a constant.

        A film of which nothing can be said is as unlikely as the least likely of the others.
        """
        if (placed := self.live.sequence) is None:
            return None
        chances = placed.spread(placed.version.scorer.log_chances(self.watched(placed)))
        if len(placed.unseen) and len(placed.unseen) < len(chances):
            chances[placed.unseen] = chances[chances > -np.inf].min()
        if (new := self.live.new_film_shares) is not None:
            new.fill(chances)
        return chances

    @cached_property
    def mean_stars(self) -> float:
        """The mean of the member's own stars; NaN for somebody who has rated nothing."""
        if not len(self.history) or not self.history.rated:
            return float("nan")
        return float(self.history.stars.mean())

    def uncertainty(self, rows: IntArray) -> FloatArray:
        """By how many stars (one standard deviation) the prediction for each film may be wrong."""
        if (folded := self.folded) is None:
            return np.full(len(rows), np.inf, np.float32)
        asked = rows[np.isnan(self._deviations[rows])]
        self._deviations[asked] = np.inf
        for scorer, item_of_row in self.star_scorers:
            items = item_of_row[asked]
            if len(seen := np.flatnonzero(items)):
                self._deviations[asked[seen]] = scorer.uncertainty(folded, items[seen])
        return self._deviations[rows]

    @property
    def star_scorers(self) -> Iterator[tuple[StarScorer, IntArray]]:
        """Who foresees stars, and the item (num_movies,) that each film is to them, 0 for none."""
        if (placed := self.live.factorization) is not None:
            yield placed.version.scorer, placed.item_of_row
        if (new := self.live.placed_films) is not None:
            yield new.scorer, new.item_of_row

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
        rare = self.live.catalog.rating_count[rows] < FEW_RATINGS
        return (rare | (self.uncertainty(rows) > UNCERTAIN_STARS)).tolist()

    def vectors(self, rows: IntArray) -> FloatArray:
        """Item vectors (len(rows), k) by which films are alike; zeros where no model knows one."""
        placed = self.live.factorization
        if placed is None or (vectors := placed.version.item_vectors) is None:
            return np.zeros((len(rows), 1), np.float32)
        items = placed.item_of_row[rows]
        found: FloatArray = np.array(vectors[items], np.float32)
        found[items == 0] = 0
        if (new := self.live.placed_films) is not None:
            by_content = np.flatnonzero(new.item_of_row[rows])
            found[by_content] = new.scorer.embeddings[new.item_of_row[rows[by_content]]]
        return found


def _items(placed: Placed[Scorer], rows: IntArray) -> IntArray:
    """The item that the film at each row is to the version, 0 for one that it does not know."""
    return at_places(placed.item_of_row, rows, 0)

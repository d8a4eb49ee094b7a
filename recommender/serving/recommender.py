"""A history -> ranked movies, in this process, from the live versions.

Everything is in rows of the catalog arrays: one score per film, -inf for a film that must not be
recommended. Nothing is kept from one request to the next, so that a rating shows on the next.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recommender.data.catalog_arrays import IntArray
from recommender.data.histories import History
from recommender.learning.ranking import top_n
from recommender.serving.diversity import repelled
from recommender.serving.filters import Filters
from recommender.serving.live import Placed, Snapshot, snapshot

Scores = NDArray[np.float32]

# Top picks are ranked by the stars the factorization predicts, less what it may be wrong by, plus
# what the sequence model adds; chosen on validation users, see docs/performance.md.
CAUTION = 5.0  # posterior standard deviations taken off the predicted stars
SEQUENCE_WEIGHT = 0.8  # stars per standard deviation of the sequence model's scores

CANDIDATES = 200  # films whose uncertainty is worked out

POPULARITY_WEIGHT = 1.0  # standard deviations of the score per one of log popularity
DIVERSITY_POOL = 10  # times as many films as asked for are re-ranked

# A prediction is shown as a guess when it may be wrong by more than this, or with fewer ratings.
UNCERTAIN_STARS = 0.9
FEW_RATINGS = 5

POPULARITY = "popularity"


@dataclass(frozen=True, kw_only=True, eq=False)
class Ranking:
    """Rows of the catalog arrays with their scores, best first; which model they are from."""

    rows: IntArray
    scores: Scores
    source: str
    version: str

    def __len__(self) -> int:
        return len(self.rows)


@dataclass
class Recommender:
    """One person's request: the scores are computed once, when first asked for."""

    history: History
    filters: Filters = field(default_factory=Filters)
    live: Snapshot = field(default_factory=snapshot)

    # --- What the models say ------------------------------------------------------------------

    def known(self, placed: Placed) -> tuple[NDArray[np.bool_], IntArray]:
        """Which films that were rated the version has seen, and the items that they are."""
        items = self._items(placed, self.history.movie_ids)
        known = items > 0
        return known, items[known]

    def watched(self, placed: Placed) -> IntArray:
        """The items that the version knows of all films seen, rated or not, in order of time."""
        items = self._items(placed, self.history.watched_ids)
        return items[items > 0]

    def _items(self, placed: Placed, movie_ids: IntArray) -> IntArray:
        """The item that each film is to the version, 0 for one that it has not seen."""
        rows = self.live.catalog.rows_of(movie_ids)
        return np.where(rows >= 0, placed.item_of_row[rows], 0) if len(rows) else rows

    @cached_property
    def folded(self) -> Any:
        """The user folded into the factorization from the ratings; None without a version."""
        if (placed := self.live.factorization) is None:
            return None
        known, items = self.known(placed)
        seen = self._items(placed, self.history.seen_ids)
        return placed.version.scorer.fold_in(items, self.history.stars[known], seen[seen > 0])

    @cached_property
    def stars(self) -> Scores | None:
        """Predicted stars (num_movies,), -inf for films not seen in training."""
        if (placed := self.live.factorization) is None:
            return None
        return placed.spread(placed.version.scorer.predict(self.folded))

    @cached_property
    def next_scores(self) -> Scores | None:
        """The sequence model's scores (num_movies,), -inf for films not seen in training."""
        if (placed := self.live.sequence) is None:
            return None
        return placed.spread(placed.version.scorer.scores(self.watched(placed)))

    @cached_property
    def stars_per_next_score(self) -> np.float32:
        """What a unit of the sequence model's score counts for among top picks."""
        deviation = self._next_moments[1]
        return np.float32(SEQUENCE_WEIGHT / deviation if deviation else 0.0)

    @cached_property
    def _next_moments(self) -> tuple[float, float]:
        return (0.0, 0.0) if self.next_scores is None else mean_and_deviation(self.next_scores)

    @cached_property
    def next_standing(self) -> Scores | None:
        """`next_scores` in deviations from their mean."""
        if self.next_scores is None:
            return None
        return standardised(self.next_scores, self._next_moments)

    @cached_property
    def allowed(self) -> NDArray[np.bool_]:
        """bool (num_movies,): passes the filters, neither rated nor seen nor hidden."""
        allowed = self.filters.mask(self.live.catalog)
        closed = self.live.catalog.rows_of(self.history.closed_ids)
        allowed[closed[closed >= 0]] = False
        return allowed

    @property
    def has_known_history(self) -> bool:
        """Whether any live version has seen any film of the history."""
        return self._knows(self.live.factorization) or self._knows(self.live.sequence)

    def _knows(self, placed: Placed | None) -> bool:
        return placed is not None and len(self.watched(placed)) > 0

    def uncertainty(self, rows: IntArray) -> Scores:
        """By how many stars (one standard deviation) the prediction for each film may be wrong."""
        if (placed := self.live.factorization) is None:
            return np.full(len(rows), np.inf, np.float32)
        asked = rows[np.isnan(self._deviations[rows])]
        items = placed.item_of_row[asked]
        self._deviations[asked] = np.inf
        if len(seen := np.flatnonzero(items)):
            deviations = placed.version.scorer.uncertainty(self.folded, items[seen])
            self._deviations[asked[seen]] = deviations
        return self._deviations[rows]

    @cached_property
    def _deviations(self) -> Scores:
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

    # --- Rankings -----------------------------------------------------------------------------

    def top_picks(self, n: int, skip: NDArray[np.bool_] | None = None) -> Ranking:
        """What this person would like most: both models, else the one there is, else popular."""
        if not self.has_known_history or self.stars is None:
            return self.watch_next(n, skip)
        scores, source, version = self.stars, "factorization", self._label(self.live.factorization)
        if self.next_standing is not None:
            scores = scores + np.float32(SEQUENCE_WEIGHT) * self.next_standing
            source, version = "both", f"{version}+{self._label(self.live.sequence)}"
        return self._ranked(self.cautious(scores, skip), n, skip, source, version)

    def watch_next(self, n: int, skip: NDArray[np.bool_] | None = None) -> Ranking:
        """What people with this history go on to watch."""
        if not self.has_known_history:
            return self.popular(n, skip)
        if self.next_scores is not None and self._knows(self.live.sequence):
            label = self._label(self.live.sequence)
            return self._ranked(self.next_scores, n, skip, "sequence", label)
        if self.stars is not None:
            label = self._label(self.live.factorization)
            stars = self.cautious(self.stars, skip)
            return self._ranked(stars, n, skip, "factorization", label)
        return self.popular(n, skip)

    def popular(self, n: int, skip: NDArray[np.bool_] | None = None) -> Ranking:
        """What most people have rated: for those of whom nothing is known."""
        return self._ranked(self.live.catalog.log_popularity, n, skip, POPULARITY, POPULARITY)

    def by(self, scores: Scores, n: int, skip: NDArray[np.bool_] | None, source: str) -> Ranking:
        """A ranking by scores of the caller's own."""
        return self._ranked(scores, n, skip, source, source, lean=False)

    def cautious(self, scores: Scores, skip: NDArray[np.bool_] | None) -> Scores:
        """Scores in stars less their uncertainty, which is asked only of the best of them."""
        allowed = self.allowed if skip is None else self.allowed & ~skip
        pool, best = best_rows(np.where(allowed, scores, np.float32(-np.inf)), CANDIDATES)
        cautious = np.full(len(scores), -np.inf, np.float32)
        cautious[pool] = best - np.float32(CAUTION) * self.uncertainty(pool)
        return cautious

    @staticmethod
    def _label(placed: Placed | None) -> str:
        return placed.version.label if placed else POPULARITY

    def _ranked(
        self,
        scores: Scores,
        n: int,
        skip: NDArray[np.bool_] | None,
        source: str,
        version: str,
        *,
        lean: bool = True,
    ) -> Ranking:
        allowed = self.allowed if skip is None else self.allowed & ~skip
        leaned = scores
        if lean and self.filters.popularity:
            weight = np.float32(POPULARITY_WEIGHT * self.filters.popularity)
            popularity = standardised(self.live.catalog.log_popularity)
            leaned = standardised(scores) + weight * popularity
        leaned = np.where(allowed, leaned, np.float32(-np.inf))
        if lean and self.filters.diversity:
            pool, relevance = best_rows(leaned, DIVERSITY_POOL * n)
            chosen = repelled(relevance, self.vectors(pool), n, self.filters.diversity)
            rows = pool[chosen]
        else:
            rows, _ = best_rows(leaned, n)
        return Ranking(rows=rows, scores=scores[rows], source=source, version=version)

    def vectors(self, rows: IntArray) -> NDArray[np.float32]:
        """Item vectors (len(rows), k) by which films are alike; zeros where no model knows one."""
        placed = self.live.factorization
        if placed is None or (vectors := placed.version.item_vectors) is None:
            return np.zeros((len(rows), 1), np.float32)
        items = placed.item_of_row[rows]
        found: NDArray[np.float32] = np.array(vectors[items], np.float32)
        found[items == 0] = 0
        return found


def best_rows(scores: Scores, n: int) -> tuple[IntArray, Scores]:
    """The rows and scores of the ``n`` best, best first, without those at -inf.

    Those are sorted out first: a partial sort is slow among thousands of equal values.
    """
    open_ = np.flatnonzero(scores > -np.inf)
    if not len(open_):
        return open_, scores[open_]
    places, best = top_n(scores[open_], n)
    return open_[places], best


def standardised(scores: Scores, moments: tuple[float, float] | None = None) -> Scores:
    """Scores with mean 0 and deviation 1 over the films that have one.

    ``moments`` are what `mean_and_deviation` says of them, where that is known.
    """
    mean, deviation = moments or mean_and_deviation(scores)
    if not deviation:
        return scores
    standard: Scores = (scores - np.float32(mean)) / np.float32(deviation)
    return standard


def mean_and_deviation(scores: Scores) -> tuple[float, float]:
    """Over the films that have a score; 0 and 0 where none has."""
    there = scores[scores > -np.inf]
    if not len(there):
        return 0.0, 0.0
    mean = there.mean()
    there -= mean
    return float(mean), float(np.sqrt(there @ there / len(there)))

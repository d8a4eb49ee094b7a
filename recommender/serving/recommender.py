"""A history in, ranked films out: rankings by the live models under somebody's filters.

One score per film of the catalog arrays, -inf for a film that must not be recommended.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np

from recommender.data.histories import History
from recommender.data.stage_times import timed
from recommender.learning.arrays import BoolArray, FloatArray, IntArray
from recommender.learning.interfaces import Scorer
from recommender.learning.presets.mix import USUAL, Mix
from recommender.serving.diversity import rerank_by_dpp
from recommender.serving.filters import Filters
from recommender.serving.live import LiveState, Placed, live_state
from recommender.serving.model_scores import ModelScores
from recommender.serving.ranking import Ranking, Source, best_rows, standardised, without_crowds

MOST_OF_A_COLLECTION = 2  # in one list
CANDIDATES = 200  # films whose uncertainty is worked out

POPULARITY_WEIGHT = 1.0  # standard deviations of the score per one of log popularity
DIVERSITY_POOL = 10  # times as many films as asked for are re-ranked


@dataclass
class Recommender:
    """Recommendations for one history: `scores` is what the models say, the rest ranks by it."""

    history: History
    filters: Filters = field(default_factory=Filters)
    live: LiveState = field(default_factory=live_state)

    @cached_property
    def scores(self) -> ModelScores:
        return ModelScores(self.history, self.live)

    @cached_property
    def allowed(self) -> BoolArray:
        """bool (num_movies,): passes the filters, neither rated nor seen nor hidden."""
        catalog = self.live.catalog
        return self.filters.mask(catalog) & ~catalog.mask_of(self.history.closed_ids)

    def under(self, filters: Filters) -> Recommender:
        """The same person under other filters; what the models say is not worked out again."""
        other = replace(self, filters=filters)
        other.scores = self.scores
        return other

    def top_picks(self, n: int, skip: BoolArray | None = None) -> Ranking:
        """What this person would like most: both models, else the one there is, else popular."""
        scores = self.scores
        if not scores.has_known_history or scores.stars is None:
            return self.watch_next(n, skip)
        return self._mixed(self.live.mixes.top_picks, n, skip)

    def watch_next(self, n: int, skip: BoolArray | None = None) -> Ranking:
        """What people with this history go on to watch, and this person will like."""
        scores = self.scores
        if not scores.has_known_history:
            return self.popular(n, skip)
        if scores.stars is not None and self.history.rated:
            return self._mixed(self.live.mixes.watch_next, n, skip)
        if scores.next_scores is not None and scores.knows(self.live.sequence):
            label = _label(self.live.sequence)
            return self._ranked(scores.next_scores, n, skip, Source.SEQUENCE, label)
        if scores.stars is not None:
            return self._mixed(self.live.mixes.top_picks, n, skip)
        return self.popular(n, skip)

    def popular(self, n: int, skip: BoolArray | None = None) -> Ranking:
        """What most people have rated: for those of whom nothing is known."""
        popularity = self.live.catalog.log_popularity
        return self._ranked(popularity, n, skip, Source.POPULARITY, Source.POPULARITY)

    def rank_by(
        self, scores: FloatArray, n: int, skip: BoolArray | None, source: Source
    ) -> Ranking:
        """A ranking by scores of the caller's own, without a lean to popularity or diversity."""
        rows, _ = best_rows(self._allowed_scores(scores, skip), n)
        return Ranking(rows=rows, scores=scores[rows], source=source, version=source)

    def lower_bounds(
        self, scores: FloatArray, skip: BoolArray | None, caution: float = USUAL.top_picks.caution
    ) -> FloatArray:
        """Scores in stars less their uncertainty, which is asked only of the best of them."""
        pool, best = best_rows(self._allowed_scores(scores, skip), CANDIDATES)
        bounds = np.full(len(scores), -np.inf, np.float32)
        bounds[pool] = best - np.float32(caution) * self.scores.uncertainty(pool)
        return bounds

    def _mixed(self, mix: Mix, n: int, skip: BoolArray | None) -> Ranking:
        """By predicted stars, what is rated lately, and what comes next after a known history."""
        stars, source = self.scores.stars, Source.FACTORIZATION
        assert stars is not None  # noqa: S101
        merit = stars + np.float32(mix.lately_weight) * self.live.catalog.log_lately
        version = _label(self.live.factorization)
        chances = self.scores.log_chances
        if chances is not None and self.scores.knows(self.live.sequence):
            merit = merit + np.float32(mix.next_weight) * chances
            source, version = Source.BOTH, f"{version}+{_label(self.live.sequence)}"
        bounds = self.lower_bounds(merit, skip, mix.caution)
        return replace(self._ranked(bounds, n, skip, source, version), next_weight=mix.next_weight)

    @timed("rank")
    def _ranked(
        self, scores: FloatArray, n: int, skip: BoolArray | None, source: Source, version: str
    ) -> Ranking:
        leaned = self._allowed_scores(self._lean(scores), skip)
        if self.filters.diversity:
            rows = self._diverse_rows(leaned, n)
        else:
            rows, _ = best_rows(leaned, 2 * n)
            rows = without_crowds(rows, self.live.catalog.collection, MOST_OF_A_COLLECTION)[:n]
        return Ranking(rows=rows, scores=scores[rows], source=source, version=version)

    def _lean(self, scores: FloatArray) -> FloatArray:
        """Scores moved towards well known films, or away from them, as the filters say."""
        if not self.filters.popularity:
            return scores
        weight = np.float32(POPULARITY_WEIGHT * self.filters.popularity)
        return standardised(scores) + weight * standardised(self.live.catalog.log_popularity)

    def _diverse_rows(self, scores: FloatArray, n: int) -> IntArray:
        pool, relevance = best_rows(scores, DIVERSITY_POOL * n)
        chosen = rerank_by_dpp(relevance, self.scores.vectors(pool), n, self.filters.diversity)
        return pool[chosen]

    def _allowed_scores(self, scores: FloatArray, skip: BoolArray | None) -> FloatArray:
        allowed = self.allowed if skip is None else self.allowed & ~skip
        return np.where(allowed, scores, np.float32(-np.inf))


def _label(placed: Placed[Scorer] | None) -> str:
    return placed.version.label if placed else Source.POPULARITY

"""Predicted stars for the catalog's pages: see :mod:`catalog.predictions`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from catalog.predictions import Guess, Lacking
from recommender.data.histories import history_of
from recommender.learning.arrays import FloatArray, IntArray, at_places
from recommender.serving.live import live_state
from recommender.serving.model_scores import ModelScores

POPULARITY_WEIGHT = np.float64(1e-9)
CAUTIOUS_FILMS = 500  # how many of the best are told apart by what they may be wrong by
NO_STARS = np.float32(-1)  # for ordering: below all


@dataclass(frozen=True, eq=False)
class PersonalStars:
    """The stars that the live factorization predicts for one person, as in the whole site.

    ``stars`` is (num_movies,), -inf for films that the version has not seen.
    """

    scores: ModelScores
    stars: FloatArray

    def guesses(self, movie_ids: Sequence[int]) -> dict[int, Guess]:
        keys, rows = self._rows(movie_ids)
        keys, rows = keys[rows >= 0], rows[rows >= 0]
        said = zip(
            keys.tolist(),
            self.scores.predictions(rows),
            self.scores.is_uncertain(rows),
            strict=True,
        )
        return {key: Guess(stars, unsure) for key, stars, unsure in said if stars is not None}

    def best_first(self, movie_ids: Sequence[int]) -> list[int]:
        """By stars less what they may be wrong by; among equals, the more popular first."""
        keys, rows = self._rows(sorted(movie_ids))
        # One sort instead of three: the keys are in order, and popularity weighs less than the
        # smallest step between two float32.
        popularity = self.scores.live.catalog.log_popularity
        merit = np.maximum(self._cautious_stars(rows), NO_STARS) + POPULARITY_WEIGHT * popularity
        of_each = at_places(merit, rows, -np.inf)
        ordered: list[int] = keys[np.argsort(-of_each, kind="stable")].tolist()
        return ordered

    def _cautious_stars(self, rows: IntArray) -> FloatArray:
        """`stars`, with one standard deviation off the best of the films at ``rows``."""
        stars = self.stars.copy()
        asked = rows[rows >= 0]
        best = asked[np.argsort(-stars[asked], kind="stable")[:CAUTIOUS_FILMS]]
        stars[best] -= self.scores.uncertainty(best)
        worst = stars[best].min(initial=np.inf)
        others = np.setdiff1d(asked, best, assume_unique=True)
        if len(others) and np.isfinite(highest := stars[others].max()):
            stars[others] += min(0.0, float(worst - highest))
        return stars

    def at_least(self, stars: float) -> bytes:
        movie_ids = self.scores.live.catalog.movie_ids
        is_enough = np.zeros(int(movie_ids.max(initial=0)) + 1, np.bool_)
        is_enough[movie_ids] = np.rint(self.stars * 10) >= round(stars * 10)
        return np.packbits(is_enough, bitorder="little").tobytes()

    def _rows(self, movie_ids: Sequence[int]) -> tuple[IntArray, IntArray]:
        keys = np.array(movie_ids, np.int64).reshape(-1)
        return keys, self.scores.live.catalog.rows_of(keys)


def predict_for(user_id: int) -> PersonalStars | Lacking:
    """From everything that the member has rated up to now, in one query."""
    live = live_state()
    if live.factorization is None:
        return Lacking.MODEL
    scores = ModelScores(history_of(user_id), live)
    if not len(scores.known(live.factorization)[1]) or scores.stars is None:
        return Lacking.RATINGS
    return PersonalStars(scores, scores.stars)

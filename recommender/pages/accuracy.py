"""Prequential accuracy: each of somebody's ratings as the live model predicts it from earlier ones.

Nothing that came later can flatter such an evaluation (Dawid, 1984). The user is folded in anew
for each block of ratings, never with a rating that is to be predicted or a later one. What the
model knows of the films themselves was learnt from everybody's ratings.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from catalog.models.movie import FEWEST_PEOPLE
from recommender.data.catalog_arrays import CatalogArrays
from recommender.learning.arrays import FloatArray, IntArray, at_places
from recommender.learning.interfaces import StarScorer
from recommender.models import ModelVersion
from recommender.serving.live import Placed
from recommender.serving.model_scores import ModelScores

BLOCKS = 20  # how often the user is folded in: a history of 200 is predicted by tens
PERIODS, SMALLEST_PERIOD = 12, 10
CROWD_WEIGHT = 5.0  # of the mean of all films in a film's: see CatalogArrays.rating_mean


@dataclass(frozen=True)
class Period:
    """Ratings ``first`` to ``last``, counted from 1: root mean square errors in stars."""

    first: int
    last: int
    rmse: float
    crowd: float


@dataclass(frozen=True, kw_only=True, eq=False)
class Accuracy:
    """Errors are root mean squares in stars.

    ``movie_ids``, ``stars`` and ``predicted`` are (n,), in the order in which they were rated.
    ``crowd`` is the error of guessing what everybody else gave the film on average; ``site`` that
    of this model on held-out ratings of all users, None where it was not measured. ``periods``
    are empty with too few ratings for two.
    """

    movie_ids: IntArray
    stars: FloatArray
    predicted: FloatArray
    rmse: float
    crowd: float
    site: float | None
    periods: list[Period]


def prequential_accuracy(scores: ModelScores) -> Accuracy | None:
    """None without a model, or with fewer than two ratings of films that it knows."""
    if (placed := scores.live.factorization) is None:
        return None
    known, items = scores.known(placed)
    if len(items) < 2:
        return None
    stars, movie_ids = scores.history.stars[known], scores.history.movie_ids[known]
    predicted = predict_ahead(placed, items, stars)
    crowd = _others(scores.live.catalog, movie_ids[1:], stars[1:])
    own, crowd_errors = predicted - stars[1:], crowd - stars[1:]
    return Accuracy(
        movie_ids=movie_ids[1:],
        stars=stars[1:],
        predicted=predicted,
        rmse=_root_mean_square(own),
        crowd=_root_mean_square(crowd_errors),
        site=_of_everybody(placed),
        periods=_periods(own, crowd_errors),
    )


def predict_ahead(placed: Placed[StarScorer], items: IntArray, stars: FloatArray) -> FloatArray:
    """Predicted stars (n - 1,) of all but the first of a history, each from ratings before it."""
    scorer = placed.version.scorer
    size = -(-(len(items) - 1) // BLOCKS)
    blocks = [
        scorer.predict(scorer.fold_in(items[:start], stars[:start]), items[start : start + size])
        for start in range(1, len(items), size)
    ]
    return np.concatenate(blocks)


def _others(catalog: CatalogArrays, movie_ids: IntArray, stars: FloatArray) -> FloatArray:
    """What everybody else gave each film on average: without the rating that is to be guessed."""
    rows = catalog.rows_of(movie_ids)
    mean = at_places(catalog.rating_mean, rows, float(stars.mean()))
    weight = at_places(catalog.rating_count, rows, 0) + CROWD_WEIGHT
    # What fewer gave stays theirs: such a film counts as the mean of all.
    told = weight - CROWD_WEIGHT > FEWEST_PEOPLE
    weight = np.where(told, weight, CROWD_WEIGHT)
    without = np.where(weight > CROWD_WEIGHT, (mean * weight - stars) / (weight - 1), mean)
    return np.clip(without, 0.5, 5).astype(np.float32)


def _of_everybody(placed: Placed[StarScorer]) -> float | None:
    metrics = ModelVersion.objects.filter(pk=placed.version.pk).values_list("metrics", flat=True)
    found = (metrics.first() or {}).get("rmse")
    return float(found) if found is not None else None


def _periods(own: FloatArray, crowd: FloatArray) -> list[Period]:
    count = min(PERIODS, len(own) // SMALLEST_PERIOD)
    if count < 2:
        return []
    edges = np.linspace(0, len(own), count + 1).astype(int)
    return [
        Period(
            first=int(start) + 2,  # the first rating of all was not predicted
            last=int(end) + 1,
            rmse=_root_mean_square(own[start:end]),
            crowd=_root_mean_square(crowd[start:end]),
        )
        for start, end in pairwise(edges)
    ]


def _root_mean_square(errors: FloatArray) -> float:
    return float(np.sqrt(np.mean(np.square(errors, dtype=np.float64))))

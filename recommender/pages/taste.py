"""The taste page: what a member's ratings say, against what everybody else gave."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from catalog.models import Movie
from catalog.queries.films_by_key import card_movies
from catalog.rendering.histogram import Histogram
from recommender.learning.arrays import BoolArray, FloatArray, IntArray
from recommender.pages.accuracy import Accuracy, prequential_accuracy
from recommender.serving.model_scores import ModelScores

MINIMUM_IN_GROUP = 3
CONTRARIAN = 8
OTHERS_NEEDED = 5  # with fewer, nobody can speak of everybody
CONTRARIAN_STARS = 1.0
MAP_FILMS = 300
PREDICTED = 30  # of the newest ratings, shown film by film


@dataclass(frozen=True)
class Group:
    """Films of one genre or decade: ``difference`` is your mean less everybody's, in stars."""

    name: str
    count: int
    mean: float
    difference: float


@dataclass(frozen=True)
class Contrarian:
    movie: Movie
    stars: float
    crowd: float

    @property
    def difference(self) -> float:
        return self.stars - self.crowd


@dataclass(frozen=True)
class Point:
    """A film on the map: ``x`` and ``y`` from 0 to 1; films that the same people like are near."""

    movie: Movie
    stars: float
    x: float
    y: float


@dataclass(frozen=True)
class Prediction:
    """One rating as the model would have predicted it from those before it."""

    movie: Movie
    stars: float
    predicted: float


@dataclass(frozen=True, kw_only=True)
class Taste:
    """``foresight`` is None without a model; ``predictions`` are its newest, in time order."""

    count: int
    mean: float | None
    histogram: Histogram
    genres: list[Group]
    decades: list[Group]
    contrarian: list[Contrarian]
    map: list[Point]
    predictions: list[Prediction]
    foresight: Accuracy | None


def taste_of(scores: ModelScores) -> Taste:
    """Everything on the taste page; the films in it are read in two queries."""
    catalog, history = scores.live.catalog, scores.history
    rows = catalog.rows_of(history.movie_ids)
    there = rows >= 0
    rows, stars, movie_ids = rows[there], history.stars[there], history.movie_ids[there]
    crowd = catalog.rating_mean[rows]
    common = catalog.rating_count[rows] > OTHERS_NEEDED  # the member's own is among them
    odd = _most_contrarian(np.where(common, stars - crowd, 0))
    points = list(_map(scores, rows)) if len(rows) >= MINIMUM_IN_GROUP else []
    accuracy = prequential_accuracy(scores)
    predicted = _newest(accuracy) if accuracy else []
    wanted = {int(pk) for pk in movie_ids[odd]} | {int(movie_ids[place]) for place, *_ in points}
    movies = card_movies(wanted | {pk for pk, *_ in predicted}, hidden=True)
    predictions = [
        Prediction(movies[pk], own, guess) for pk, own, guess in predicted if pk in movies
    ]
    return Taste(
        count=len(stars),
        mean=float(stars.mean()) if len(stars) else None,
        histogram=_histogram(stars),
        genres=_genres(scores, rows[common], stars[common], crowd[common]),
        decades=_decades(catalog.year[rows[common]], stars[common], crowd[common]),
        contrarian=[
            Contrarian(movies[int(movie_ids[place])], float(stars[place]), float(crowd[place]))
            for place in odd
            if int(movie_ids[place]) in movies
        ],
        map=[
            Point(movies[int(movie_ids[place])], float(stars[place]), x, y)
            for place, x, y in points
            if int(movie_ids[place]) in movies
        ],
        predictions=predictions,
        foresight=accuracy,
    )


def _histogram(stars: FloatArray) -> Histogram:
    return Histogram.of(Counter(np.rint(stars * 2).astype(int).tolist()))


def _genres(
    scores: ModelScores, rows: IntArray, stars: FloatArray, crowd: FloatArray
) -> list[Group]:
    catalog = scores.live.catalog
    groups = []
    for place, name in enumerate(catalog.genre_names):
        has = catalog.has_genre(place)[rows]
        groups += _group(name, has, stars, crowd)
    return sorted(groups, key=lambda group: -group.difference)


def _decades(year: NDArray[np.int16], stars: FloatArray, crowd: FloatArray) -> list[Group]:
    groups = []
    for decade in np.unique(year[year > 0] // 10 * 10):
        groups += _group(str(decade), year // 10 * 10 == decade, stars, crowd)
    return groups


def _group(
    name: str,
    has: BoolArray,
    stars: FloatArray,
    crowd: FloatArray,
) -> list[Group]:
    count = int(has.sum())
    if count < MINIMUM_IN_GROUP:
        return []
    difference = float((stars[has] - crowd[has]).mean())
    return [Group(name, count, float(stars[has].mean()), difference)]


def _most_contrarian(difference: FloatArray) -> IntArray:
    order = np.argsort(-np.abs(difference), kind="stable")[:CONTRARIAN]
    return order[np.abs(difference[order]) >= CONTRARIAN_STARS]


def _map(scores: ModelScores, rows: IntArray) -> Iterator[tuple[int, float, float]]:
    """The newest films on the first two principal components of their item vectors."""
    places = np.arange(len(rows))[-MAP_FILMS:]
    vectors = scores.vectors(rows[places])
    known = np.abs(vectors).sum(axis=1) > 0
    places, vectors = places[known], vectors[known]
    if len(places) < MINIMUM_IN_GROUP or vectors.shape[1] < 2:
        return
    centred = vectors - vectors.mean(axis=0)
    _, _, axes = np.linalg.svd(centred, full_matrices=False)
    flat = centred @ axes[:2].T
    low, high = flat.min(axis=0), flat.max(axis=0)
    scaled = (flat - low) / np.where(high > low, high - low, 1)
    for place, (x, y) in zip(places, scaled, strict=True):
        yield int(place), round(float(x), 4), round(float(y), 4)


def _newest(accuracy: Accuracy) -> list[tuple[int, float, float]]:
    """Film, stars and predicted stars of the newest ratings."""
    columns = accuracy.movie_ids, accuracy.stars, accuracy.predicted
    newest = (column[-PREDICTED:].tolist() for column in columns)
    return list(zip(*newest, strict=True))

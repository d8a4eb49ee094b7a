"""How alike films are: by who watched both, as far as enough did, and by what they are.

The likeness of a film that few have rated is mostly chance; it is shrunk by how many rated both
sides, so that content decides there: genres, the same collection, the same years, and where a
dataset or TMDB names them keywords and directors.
"""

from __future__ import annotations

import numpy as np

from recommender.data.catalog_arrays import CatalogArrays
from recommender.learning.arrays import FloatArray, IntArray
from recommender.serving.live import LiveState
from recommender.serving.ranking import best_rows

# Chosen by looking at the lists of the three hundred most rated films: see docs/performance.md.
ENOUGH_RATINGS = 12.0  # at so many ratings of a film, half of what its audience says counts
GENRES, COLLECTION, YEARS, THEMES = 0.25, 0.35, 0.1, 0.25
NEAR_YEARS = 10.0


def most_alike(
    live: LiveState, row: int, n: int, allowed: np.ndarray
) -> tuple[IntArray, FloatArray]:
    """The ``n`` allowed films most like the one at ``row``, best first, with their likeness."""
    scores = np.where(allowed, likeness(live, row), np.float32(-np.inf))
    scores[row] = -np.inf
    return best_rows(scores, n)


def likeness(live: LiveState, row: int) -> FloatArray:
    """Likeness (num_movies,) of every film to the film at ``row``; that of the film is its own."""
    return _by_audience(live, row) + _by_content(live.catalog, row)


def _by_audience(live: LiveState, row: int) -> FloatArray:
    """Cosines of the films' audiences, shrunk by the number of ratings of both."""
    placed = live.factorization
    if placed is None or (vectors := placed.version.item_vectors) is None:
        return np.zeros(len(live.catalog), np.float32)
    known = placed.item_of_row > 0
    if not known[row]:
        return np.zeros(len(live.catalog), np.float32)
    cosines = (vectors @ vectors[placed.item_of_row[row]])[placed.item_of_row]
    counts = live.catalog.rating_count.astype(np.float32)
    support = counts / (counts + ENOUGH_RATINGS)
    shrunk: FloatArray = cosines * np.sqrt(support * support[row]) * known
    return shrunk.astype(np.float32)


def _by_content(catalog: CatalogArrays, row: int) -> FloatArray:
    genres = catalog.genre_vectors @ catalog.genre_vectors[row]
    years = np.abs(catalog.year.astype(np.float32) - catalog.year[row])
    near = np.exp(-years / NEAR_YEARS) * ((catalog.year > 0) & (catalog.year[row] > 0))
    same = (catalog.collection > 0) & (catalog.collection == catalog.collection[row])
    content: FloatArray = GENRES * genres + YEARS * near * genres + COLLECTION * same
    return (content + THEMES * catalog.themes.likeness(row)).astype(np.float32)

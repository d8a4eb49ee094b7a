"""Films similar to a film: "More like this"."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from catalog.models import HiddenMovie
from recommender.data.catalog_arrays import CatalogArrays
from recommender.data.histories import history_from
from recommender.learning.arrays import FloatArray, IntArray
from recommender.serving.filters import Filters
from recommender.serving.live import live_state
from recommender.serving.ranking import Source
from recommender.serving.recommender import Recommender


@dataclass(frozen=True)
class SimilarFilms:
    """Primary keys of films with their similarity, most similar first, and the version used."""

    scores: dict[int, float]
    version: str


def similar_to(
    movie_id: int, n: int, filters: Filters | None = None, user_id: int | None = None
) -> SimilarFilms:
    """Films that the same people like; of the same genres where no model knows the film.

    Films that the user has hidden are left out.
    """
    live = live_state()
    row = int(live.catalog.rows_of(np.array([movie_id]))[0])
    history = history_from([movie_id], _hidden_ids(user_id))
    recommender = Recommender(history, filters or Filters(), live)
    placed = live.factorization or live.sequence
    if placed is not None and row >= 0 and placed.item_of_row[row]:
        rows, scores = placed.similar_rows(row, 2 * n + 20)
        keep = recommender.allowed[rows]
        rows, scores, version = rows[keep][:n], scores[keep][:n], placed.version.label
    else:
        by_genre = _genre_similarity(live.catalog, row)
        ranking = recommender.rank_by(by_genre, n, None, Source.POPULARITY)
        rows, scores, version = ranking.rows, ranking.scores, ranking.version
    pairs = zip(live.catalog.movie_ids[rows].tolist(), scores.tolist(), strict=True)
    return SimilarFilms({pk: round(score, 4) for pk, score in pairs}, version)


def _hidden_ids(user_id: int | None) -> IntArray:
    if user_id is None:
        return np.zeros(0, np.int64)
    hidden = HiddenMovie.objects.filter(user_id=user_id).values_list("movie_id", flat=True)
    return np.array(hidden, np.int64)


def _genre_similarity(catalog: CatalogArrays, row: int) -> FloatArray:
    """Popular films first among those that share most genres with the film at ``row``."""
    popularity = catalog.log_popularity / max(1.0, float(catalog.log_popularity.max(initial=0)))
    if row < 0:
        return popularity
    shared = np.bitwise_count(catalog.genre_bits & catalog.genre_bits[row]).sum(axis=1)
    either = np.bitwise_count(catalog.genre_bits | catalog.genre_bits[row]).sum(axis=1)
    return (shared / np.maximum(either, 1) + 0.5 * popularity).astype(np.float32)

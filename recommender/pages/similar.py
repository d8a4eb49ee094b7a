"""Films similar to a film: "More like this"."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from recommender.data.histories import history_from, history_of
from recommender.serving.filters import Filters
from recommender.serving.likeness import most_alike
from recommender.serving.live import live_state
from recommender.serving.ranking import Source
from recommender.serving.recommender import Recommender


@dataclass(frozen=True)
class SimilarFilms:
    """Primary keys of films with their similarity, most similar first, and the version used."""

    scores: dict[int, float]
    version: str


def similar_to(
    movie_id: int,
    n: int,
    filters: Filters | None = None,
    user_id: int | None = None,
    *,
    without_series: bool = False,
) -> SimilarFilms:
    """Films that the same people watch, and that are of the same kind; popular ones for no film.

    What the user has rated, seen or hidden is left out; ``without_series``, the other films of its
    collection as well, where a page shows them already.
    """
    live = live_state()
    row = int(live.catalog.rows_of(np.array([movie_id]))[0])
    closed_ids = history_of(user_id).closed_ids if user_id else None
    history = history_from([movie_id], closed_ids)
    recommender = Recommender(history, filters or Filters(), live)
    placed = live.factorization
    if row >= 0:
        allowed = recommender.allowed
        if without_series and (series := live.catalog.collection[row]):
            allowed = allowed & (live.catalog.collection != series)
        rows, scores = most_alike(live, row, n, allowed)
        known = placed is not None and placed.item_of_row[row]
        version = placed.version.label if placed and known else Source.POPULARITY
    else:
        ranking = recommender.popular(n)
        rows, scores, version = ranking.rows, ranking.scores, ranking.version
    pairs = zip(live.catalog.movie_ids[rows].tolist(), scores.tolist(), strict=True)
    return SimilarFilms({pk: round(score, 4) for pk, score in pairs}, version)

"""More like this."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from django.contrib.auth.models import AbstractBaseUser, AnonymousUser

from catalog.models import Movie
from catalog.queries.marks import with_marks
from recommender.data.catalog_arrays import IntArray
from recommender.data.histories import history_from, history_of
from recommender.serving.filters import Filters
from recommender.serving.live import snapshot
from recommender.serving.recommender import POPULARITY, Recommender


@dataclass(frozen=True)
class Similar:
    """Films with their likeness, the most alike first, and the version that says so."""

    movies: list[tuple[Movie, float]]
    version: str


def similar_to(
    movie_id: int,
    n: int,
    filters: Filters | None = None,
    user: AbstractBaseUser | AnonymousUser | None = None,
) -> Similar:
    """Films that the same people like; of the same genres where no model knows the film.

    They carry the marks of ``user``, who is shown nothing that is rated, seen or hidden.
    """
    live = snapshot()
    rows = live.catalog.rows_of(np.array([movie_id]))
    closed_ids = _closed_to(user)
    allowed = (filters or Filters()).mask(live.catalog)
    closed = live.catalog.rows_of(closed_ids)
    allowed[closed[closed >= 0]] = False
    placed = live.factorization or live.sequence
    if placed is not None and rows[0] >= 0 and placed.item_of_row[rows[0]]:
        found, scores = placed.similar_rows(int(rows[0]), 2 * n + 20 + len(closed))
        keep = allowed[found]
        found, scores, version = found[keep][:n], scores[keep][:n], placed.version.label
    else:
        person = Recommender(history_from([movie_id], closed_ids), filters or Filters(), live)
        ranking = person.by(_alike(person, int(rows[0])), n, None, POPULARITY)
        found, scores, version = ranking.rows, ranking.scores, POPULARITY
    movie_ids = [int(pk) for pk in live.catalog.movie_ids[found]]
    movies = with_marks(Movie.objects.for_cards(), user or AnonymousUser()).in_bulk(movie_ids)
    pairs = zip(movie_ids, scores, strict=True)
    return Similar([(movies[pk], round(float(s), 4)) for pk, s in pairs if pk in movies], version)


def _closed_to(user: AbstractBaseUser | AnonymousUser | None) -> IntArray:
    if user is None or user.pk is None:
        return np.zeros(0, np.int64)
    return history_of(user.pk).closed_ids


def _alike(person: Recommender, row: int) -> np.ndarray:
    """Popular films first among those that share most genres with the film at ``row``."""
    catalog = person.live.catalog
    popularity = catalog.log_popularity / max(1.0, float(catalog.log_popularity.max(initial=0)))
    if row < 0:
        return popularity
    shared = np.bitwise_count(catalog.genre_bits & catalog.genre_bits[row]).sum(axis=1)
    either = np.bitwise_count(catalog.genre_bits | catalog.genre_bits[row]).sum(axis=1)
    return (shared / np.maximum(either, 1) + 0.5 * popularity).astype(np.float32)

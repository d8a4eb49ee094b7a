"""Item features: what is known about films apart from their ratings, as a sparse matrix.

A film that nobody has rated yet gets its place in a model from these.
"""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp

from recommender.data.postgres_copy import copy_columns
from recommender.learning.arrays import IntArray, positions

FEWEST_FILMS = 5  # a property of fewer films says nothing that generalises

# Fields, and for each a query of films and the numbers of their properties.
_SOURCES = {
    "genres": "SELECT movie_id::int8, genre_id::int8 FROM catalog_movie_genres m WHERE true",
    "collection": """SELECT id::int8, collection_id::int8 FROM catalog_movie m
                     WHERE collection_id IS NOT NULL""",
    "year": "SELECT id::int8, (year / 10)::int8 FROM catalog_movie m WHERE year IS NOT NULL",
    "original_language": """SELECT id::int8, (ascii(original_language) * 256
                                              + ascii(substr(original_language, 2)))::int8
                            FROM catalog_movie m WHERE original_language <> ''""",
}
# TMDB's terms forbid that a model learns from what they give.
_ALLOWED = """
    AND NOT EXISTS (SELECT FROM catalog_fieldprovenance p
                    WHERE p.movie_id = m.{key} AND p.field = '{field}' AND p.origin = 'tmdb')
"""
_FEWEST_FILMS = (FEWEST_FILMS, 2, FEWEST_FILMS, FEWEST_FILMS)


def movie_features(item_movie_ids: IntArray) -> sp.csr_matrix:
    """One-hot genres, collection, decade and original language, as far as a model may learn them.

    ``item_movie_ids`` is ascending. Returns float32 (num_items, number of properties); the
    padding item's row, like that of a film of which nothing is known, is empty.
    """
    blocks = [
        _one_hot(item_movie_ids, query + _allowed(field), fewest)
        for (field, query), fewest in zip(_SOURCES.items(), _FEWEST_FILMS, strict=True)
    ]
    return sp.hstack(blocks, format="csr", dtype=np.float32)


def _allowed(field: str) -> str:
    return _ALLOWED.format(field=field, key="movie_id" if field == "genres" else "id")


def _one_hot(item_movie_ids: IntArray, query: str, fewest: int) -> sp.csr_matrix:
    pairs = copy_columns(query, {"movie": np.int64, "property": np.int64})
    items = positions(item_movie_ids, pairs["movie"])
    known = items >= 0
    items = items[known]
    _, places, counts = np.unique(pairs["property"][known], return_inverse=True, return_counts=True)
    matrix = sp.csr_matrix(
        (np.ones(len(items), np.float32), (items, places)),
        shape=(len(item_movie_ids), len(counts)),
    )
    return matrix[:, counts >= fewest]

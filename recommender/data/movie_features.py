"""Item features: what is known about films apart from their ratings.

A film that nobody has rated yet gets its place in a model from these.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import scipy.sparse as sp

from catalog.models import Origin
from recommender.data.postgres_copy import copy_columns
from recommender.learning.arrays import IntArray, positions

FEWEST_FILMS = 5  # a property of fewer films says nothing that generalises
KIND_BITS = 48


@dataclass(frozen=True)
class _Kind:
    """A kind of property: which films have which, and the field whose origin counts."""

    field: str
    query: str  # yields a film and the number of one of its properties
    fewest: int = FEWEST_FILMS


# Artifacts name features by the place of their kind: new kinds go to the end.
_KINDS = (
    _Kind("genres", "SELECT movie_id::int8 AS movie, genre_id::int8 FROM catalog_movie_genres"),
    _Kind(
        "collection",
        "SELECT id::int8 AS movie, collection_id::int8 FROM catalog_movie"
        " WHERE collection_id IS NOT NULL",
        fewest=2,
    ),
    _Kind(
        "year",
        "SELECT id::int8 AS movie, (year / 10)::int8 FROM catalog_movie WHERE year IS NOT NULL",
    ),
    _Kind(
        "original_language",
        """SELECT id::int8 AS movie, (ascii(original_language) * 256
                                     + ascii(substr(original_language, 2)))::int8
           FROM catalog_movie WHERE original_language <> ''""",
    ),
    _Kind(
        "keywords",
        "SELECT movie_id::int8 AS movie, keyword_id::int8 FROM catalog_keyword_movies",
    ),
    _Kind(
        "credits",
        "SELECT movie_id::int8 AS movie, person_id::int8 FROM catalog_credit"
        " WHERE department = 'directing'",
        fewest=2,
    ),
)
KEYWORD, DIRECTOR = 4, 5


@dataclass(frozen=True, eq=False)
class MovieFeatures:
    """Features of films, one pair of a film and a feature in each place.

    ``movie_ids`` and ``codes`` are int64 (n,). A code tells the kind of feature and which: it
    means the same in every snapshot and artifact.
    """

    movie_ids: IntArray = field(default_factory=lambda: np.zeros(0, np.int64))
    codes: IntArray = field(default_factory=lambda: np.zeros(0, np.int64))

    def known_often(self) -> IntArray:
        """The codes, ascending, that enough films have for something to be learned of them."""
        codes, counts = np.unique(self.codes, return_counts=True)
        fewest = np.array([kind.fewest for kind in _KINDS])
        return codes[counts >= fewest[codes >> KIND_BITS]]

    def pairs(self, movie_ids: IntArray, codes: IntArray) -> tuple[IntArray, IntArray]:
        """Places in ``movie_ids`` and in ``codes``, both ascending, of the pairs that are there."""
        movies, features = positions(movie_ids, self.movie_ids), positions(codes, self.codes)
        there = (movies >= 0) & (features >= 0)
        return movies[there], features[there]

    def matrix(self, movie_ids: IntArray, codes: IntArray) -> sp.csr_matrix:
        """One-hot: float32 (len(movie_ids), len(codes)); both are ascending."""
        movies, features = self.pairs(movie_ids, codes)
        shape = len(movie_ids), len(codes)
        return sp.csr_matrix((np.ones(len(movies), np.float32), (movies, features)), shape=shape)


def content_marks(matrix: sp.csr_matrix, codes: IntArray) -> IntArray:
    """`mark_content` of each row of a one-hot ``matrix`` (n, len(codes))."""
    places = np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))
    return mark_content(matrix.shape[0], places, codes[matrix.indices])


def mark_content(count: int, places: IntArray, codes: IntArray) -> IntArray:
    """One number (count,) for the set of features of each film: another set, another number.

    The film at ``places[i]`` (n,) has the feature ``codes[i]`` (n,).
    """
    mixed = codes.astype(np.uint64) + np.uint64(1)
    for shift, factor in (
        (30, 0xBF58476D1CE4E5B9),
        (27, 0x94D049BB133111EB),
        (31, 1),
    ):  # splitmix64
        mixed = (mixed ^ (mixed >> np.uint64(shift))) * np.uint64(factor)
    marks = np.zeros(count, np.uint64)
    np.add.at(marks, places, mixed)
    return marks.view(np.int64)


def read_movie_features(*, for_fit: bool) -> MovieFeatures:
    """Genres, collection, decade, original language, keywords and directors of all films.

    ``for_fit`` leaves out what was fetched from TMDB, whose terms forbid that a model learns from
    it; a film may still be placed by it among those that a model has learned from.
    """
    movie_ids, codes = [], []
    for number, kind in enumerate(_KINDS):
        query = kind.query
        if for_fit:
            query = f"""
                SELECT found.* FROM ({query}) found WHERE NOT EXISTS (
                    SELECT FROM catalog_fieldprovenance p WHERE p.movie_id = found.movie
                    AND p.field = '{kind.field}' AND p.origin = '{Origin.TMDB.value}')"""  # noqa: S608
        pairs = copy_columns(query, {"movie": np.int64, "property": np.int64})
        movie_ids.append(pairs["movie"])
        codes.append((number << KIND_BITS) + pairs["property"])
    return MovieFeatures(np.concatenate(movie_ids), np.concatenate(codes))

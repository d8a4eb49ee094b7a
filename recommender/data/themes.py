"""What films are about and who directed them, laid out to find films that share some of it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from recommender.data.movie_features import DIRECTOR, KEYWORD, KIND_BITS, MovieFeatures
from recommender.learning.arrays import FloatArray, IntArray, positions


@dataclass(frozen=True, eq=False)
class Themes:
    """Keywords and directors of the films at each row, twice: by film, and by theme.

    ``of_row`` and ``starts_of_row`` (num_movies + 1,) give the themes of a row, ``rows_of`` and
    ``starts_of`` the rows of a theme; ``weights`` are of each theme, the rarer the more, and
    ``lengths`` (num_movies,) what the themes of a film have together.
    """

    of_row: IntArray
    starts_of_row: IntArray
    rows_of: IntArray
    starts_of: IntArray
    weights: FloatArray
    lengths: FloatArray

    @classmethod
    def of(cls, features: MovieFeatures, movie_ids: IntArray) -> Themes:
        """``movie_ids`` (num_movies,) are ascending."""
        chosen = np.isin(features.codes >> KIND_BITS, (KEYWORD, DIRECTOR))
        rows = positions(movie_ids, features.movie_ids[chosen])
        codes = features.codes[chosen][rows >= 0]
        rows = rows[rows >= 0]
        unique, themes, counts = np.unique(codes, return_inverse=True, return_counts=True)
        weights = np.log((len(movie_ids) + 1) / (counts + 1)).astype(np.float32)
        by_row, by_theme = np.argsort(rows, kind="stable"), np.argsort(themes, kind="stable")
        squares = np.bincount(rows, weights[themes] ** 2, minlength=len(movie_ids))
        return cls(
            of_row=themes[by_row],
            starts_of_row=np.searchsorted(rows[by_row], np.arange(len(movie_ids) + 1)),
            rows_of=rows[by_theme],
            starts_of=np.searchsorted(themes[by_theme], np.arange(len(unique) + 1)),
            weights=weights,
            lengths=np.sqrt(squares).astype(np.float32),
        )

    def likeness(self, row: int) -> FloatArray:
        """Cosines (num_movies,) of the films' themes with those of the film at ``row``."""
        shared = np.zeros(len(self.lengths), np.float32)
        for theme in self.of_row[self.starts_of_row[row] : self.starts_of_row[row + 1]]:
            there = self.rows_of[self.starts_of[theme] : self.starts_of[theme + 1]]
            shared[there] += self.weights[theme] ** 2
        lengths = self.lengths * self.lengths[row]
        return np.divide(shared, lengths, out=np.zeros_like(shared), where=lengths > 0)

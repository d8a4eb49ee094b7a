"""Films that a version has not met, placed by what they are among those that it has.

A film that was added today gets its stars, and its chance to come next, from what the versions
learned of the content of the others: no training is waited for.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from recommender.data.catalog_arrays import CatalogArrays
from recommender.data.movie_features import mark_content
from recommender.learning.arrays import FloatArray, IntArray
from recommender.learning.interfaces import (
    ContentForecast,
    ContentPlacer,
    NextItemScorer,
    PlacedScorer,
    Scorer,
    StarScorer,
)
from recommender.learning.ranking import log_sum_exp
from recommender.versions.load import LoadedVersion


@dataclass(frozen=True, eq=False)
class PlacedFilms:
    """Films by their content in a model of stars.

    ``scorer`` knows the films at ``rows`` (m,) as its items 1 to m; ``item_of_row`` (num_movies,)
    is 0 for all others.
    """

    rows: IntArray
    item_of_row: IntArray
    scorer: PlacedScorer


def place_films(
    version: LoadedVersion[StarScorer], item_of_row: IntArray, catalog: CatalogArrays
) -> PlacedFilms | None:
    """None where there are no such films, or where the version tells nothing by content.

    A film that nobody had rated is in the version by its content of then: it is placed anew where
    that has changed.
    """
    rows = _not_met(version, item_of_row)
    if not len(rows) or not isinstance(version.scorer, ContentPlacer):
        return None
    places, features = catalog.features.pairs(catalog.movie_ids[rows], version.feature_codes)
    if version.content_marks is not None:
        marks = mark_content(len(rows), places, version.feature_codes[features])
        items = item_of_row[rows]
        changed = (items == 0) | (version.content_marks[items] != marks)
        rows, kept = rows[changed], changed[places]
        places, features = (np.cumsum(changed) - 1)[places[kept]], features[kept]
        if not len(rows):
            return None
    scorer = version.scorer.place(len(rows), places + 1, features)
    if scorer is None:
        return None
    numbers = np.zeros(len(catalog), np.int64)
    numbers[rows] = np.arange(1, len(rows) + 1)
    return PlacedFilms(rows, numbers, scorer)


@dataclass(frozen=True, eq=False)
class NewFilmShares:
    """What share of all that is watched next films will have that the version has not met.

    ``log_shares`` (num_movies,) is -inf for those that it has met, which are at the rows ``met``.
    """

    met: IntArray
    log_shares: FloatArray

    def fill(self, scores: FloatArray) -> None:
        """Give the new films their places among the scores (num_movies,) of all films."""
        np.maximum(scores, log_sum_exp(scores[self.met]) + self.log_shares, out=scores)


def foresee_shares(
    version: LoadedVersion[NextItemScorer], item_of_row: IntArray, catalog: CatalogArrays
) -> NewFilmShares | None:
    """None where there are no new films, or where the version tells nothing by content.

    A film that was rated since the version was trained has at least the share of those ratings.
    """
    rows = _not_met(version, item_of_row)
    if not len(rows) or not isinstance(version.scorer, ContentForecast):
        return None
    places, features = catalog.features.pairs(catalog.movie_ids[rows], version.feature_codes)
    log_shares = version.scorer.log_shares(len(rows), places + 1, features)
    if log_shares is None:
        return None
    ratings = max(1, int(catalog.rating_count.sum()))
    rated = catalog.rating_count[rows] / ratings
    shares = np.full(len(catalog), -np.inf, np.float32)
    shares[rows] = np.maximum(log_shares, np.log(np.maximum(rated, 1e-12)))
    return NewFilmShares(np.flatnonzero(shares == -np.inf), shares)


def _not_met(version: LoadedVersion[Scorer], item_of_row: IntArray) -> IntArray:
    """Rows of films of which the version has seen no rating."""
    if version.is_rated is None:
        return np.flatnonzero(item_of_row == 0)
    return np.flatnonzero(~version.is_rated[item_of_row])

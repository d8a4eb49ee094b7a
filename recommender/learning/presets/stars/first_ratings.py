"""Where an item that nobody has rated yet stands, learned from the first ratings of the others.

The prior of rated items knows how often, by whom and when they were rated, and learns that what is
rated rarely and late is seldom good. Of an item without ratings that says nothing: it is new.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recommender.learning.interactions import Interactions
from recommender.learning.presets.stars.side_information import (
    COMPANY,
    FEATURES,
    TRAITS,
    SideInformation,
    coefficients_of,
    with_ones,
)
from recommender.learning.presets.stars.variational import VariationalFactorization

Float64 = NDArray[np.float64]
Int64 = NDArray[np.int64]

AT_ONCE = 2**20  # ratings
FEATURE_RIDGE = 300.0  # chosen on cuts in time of ratings_small before the last tenth


@dataclass(frozen=True)
class ContentRows:
    """What an item is by its content alone, linear in the columns that a fit makes of it.

    ``rows`` (1 + E, K): what a one and the E columns add to ``[bias_i, factors_i]``.
    ``embeddings`` (1 + E, C): the same for who would rate it.
    """

    rows: Float64
    embeddings: Float64

    def by_feature(self, known: SideInformation) -> ContentRows:
        """The same, linear in the caller's own features: (1 + F, K) and (1 + F, C)."""
        if known.read_features is None:
            return self
        projection, offset = known.read_features.projection, known.read_features.offset

        def turned(of_columns: Float64) -> Float64:
            start = of_columns[0] - offset @ of_columns[1:]
            return np.vstack([start, projection @ of_columns[1:]])

        return ContentRows(turned(self.rows), turned(self.embeddings))


@dataclass(frozen=True, eq=False)
class FirstRatings:
    """The earliest rating of each rated item, ascending by item: (n,) each.

    ``users`` are places among the users who rated, as the rows of a fit are; ``counts``
    (num_items,) says how many ratings each item has.
    """

    items: Int64
    users: Int64
    stars: Float64
    counts: Int64

    @classmethod
    def of(cls, interactions: Interactions) -> FirstRatings:
        """Those of ``interactions``, which must have ratings."""
        ids, times = interactions.item_ids, interactions.timestamps
        rows: Int64 | slice = slice(None)
        if times is not None:
            earliest = np.full(interactions.num_items, times.max())
            np.minimum.at(earliest, ids, times)
            blocks = range(0, len(ids), AT_ONCE)
            rows = np.concatenate(
                [
                    start + np.flatnonzero(times[block] == earliest[ids[block]])
                    for start, block in ((one, slice(one, one + AT_ONCE)) for one in blocks)
                ]
            )
        items, places = np.unique(ids[rows], return_index=True)
        first = places if isinstance(rows, slice) else rows[places]
        present = np.bincount(interactions.user_ids, minlength=interactions.num_users) > 0
        return cls(
            items=items,
            users=(np.cumsum(present) - 1)[interactions.user_ids[first]],
            stars=np.asarray(interactions.ratings)[first].astype(float),
            counts=np.bincount(ids, minlength=interactions.num_items),
        )


def learn_content_rows(
    fit: VariationalFactorization,
    known: SideInformation,
    first: FirstRatings,
    mean: float,
) -> ContentRows:
    """What the columns of an item say of it when nobody has rated it.

    Factors come from the items' prior, in which who rates an item is guessed from the others'. The
    bias is what they leave of each rated item's first rating, regressed on the columns.
    """
    coefficients = fit.items.coefficients.cpu().numpy()
    company = known.item_blocks == COMPANY
    rows = np.vstack([coefficients[:1], coefficients[known.item_blocks == FEATURES]])
    if not known.rated.all():
        # Who likes what few rate may like it, though not everybody less: the bias comes below.
        of_unrated = known.items[np.argmin(known.rated), known.item_blocks == TRAITS]
        rows[0, 1:] += of_unrated @ coefficients[known.item_blocks == TRAITS, 1:]
    embeddings = np.zeros((len(rows), int(company.sum())))
    if len(rows) > 1:
        embeddings = coefficients_of(known.items[:, company], known.extra, known.rated)
        rows = rows + embeddings @ coefficients[company]
    design = with_ones(known.extra)
    items, taste = first.items, fit.users.mean.cpu().numpy()[first.users]
    rated = design[items] @ rows
    expected = mean + taste[:, 0] + rated[:, 0] + (taste[:, 1:] * rated[:, 1:]).sum(axis=1)
    surprise = first.stars - expected
    ridge = FEATURE_RIDGE * np.eye(design.shape[1])
    ridge[0, 0] = 1e-3
    inner = design[items].T @ design[items] + ridge
    rows[:, 0] += np.linalg.solve(inner, design[items].T @ surprise)
    return ContentRows(rows, embeddings)

"""Where an item that nobody has rated yet stands, learned from the first ratings of the others.

The prior of rated items knows how often, by whom and when they were rated, and learns that what is
rated rarely and late is seldom good. Of an item without ratings that says nothing: it is new.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from recommender.learning.interactions import Interactions
from recommender.learning.presets.stars.side_information import (
    COMPANY,
    TRAITS,
    SideInformation,
    guess_from_features,
)
from recommender.learning.presets.stars.variational import VariationalFactorization

Float64 = NDArray[np.float64]
Int64 = NDArray[np.int64]

FEATURE_RIDGE = 300.0  # chosen on cuts in time of ratings_small before the last tenth


def unrated_rows(
    fit: VariationalFactorization,
    known: SideInformation,
    interactions: Interactions,
    mean: float,
) -> Float64:
    """``[bias_i, factors_i]`` (num_items, K) of every item as if nobody had rated it.

    Factors come from the item's features alone. The bias is what they leave of each rated item's
    first rating, regressed on the features.
    """
    features = _as_unrated(known)
    rows: Float64 = features @ fit.items.coefficients.cpu().numpy()
    first = _first_of_each_item(interactions)
    items, users = interactions.item_ids[first], interactions.user_ids[first]
    taste = fit.users.mean.cpu().numpy()[np.searchsorted(np.unique(interactions.user_ids), users)]
    expected = mean + taste[:, 0] + rows[items, 0] + (taste[:, 1:] * rows[items, 1:]).sum(axis=1)
    surprise = np.asarray(interactions.ratings, float)[first] - expected
    design = np.column_stack([np.ones(len(rows)), known.extra])
    ridge = FEATURE_RIDGE * np.eye(design.shape[1])
    ridge[0, 0] = 1e-3
    rated = design[items]
    rows[:, 0] += design @ np.linalg.solve(rated.T @ rated + ridge, rated.T @ surprise)
    return rows


def _as_unrated(known: SideInformation) -> Float64:
    """The items' features with what ratings say of them taken out, or guessed from the others."""
    features = known.items.copy()
    features[:, known.item_blocks == TRAITS] = 0.0
    company = known.item_blocks == COMPANY
    if known.extra.shape[1]:
        features[:, company] = guess_from_features(features[:, company], known.extra, known.rated)
    else:
        features[:, company] = 0.0
    return features


def _first_of_each_item(interactions: Interactions) -> Int64:
    """Positions of the earliest rating of each rated item."""
    times = interactions.timestamps
    order = np.arange(len(interactions)) if times is None else np.argsort(times, kind="stable")
    _, places = np.unique(interactions.item_ids[order], return_index=True)
    first: Int64 = order[places]
    return first

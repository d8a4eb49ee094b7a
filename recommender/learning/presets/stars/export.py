"""What a variational fit of stars leaves behind to be served."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from recommender.learning.presets.stars.first_ratings import FirstRatings, learn_content_rows
from recommender.learning.presets.stars.side import NOISE_STRENGTH
from recommender.learning.presets.stars.side_information import (
    COMPANY_POWER,
    TRAIT_SHRINKAGE,
    SideInformation,
    with_ones,
)
from recommender.learning.presets.stars.variational import VariationalFactorization


def export_arrays(
    fit: VariationalFactorization,
    known: SideInformation,
    first: FirstRatings,
    mean: float,
) -> dict[str, NDArray[Any]]:
    """The arrays of :class:`FactorizationScorer`, for every item, rated or not.

    And of items that come later, which are placed by their content, see
    :mod:`recommender.learning.presets.stars.first_ratings`; and of the next warm start: the items'
    prior means, their precision, the ridge penalties.
    """
    of_items, of_users = fit.items, fit.users
    items = np.flatnonzero(known.rated)
    prior_rows = known.items @ of_items.coefficients.cpu().numpy()
    content = learn_content_rows(fit, known, first, mean)
    rows = with_ones(known.extra) @ content.rows
    rows[items] = of_items.mean.cpu().numpy()
    upper = np.triu_indices(rows.shape[1])
    unrated = torch.linalg.inv(of_items.precision).cpu().numpy()[upper]
    covariances = np.tile(unrated, (len(rows), 1))
    covariances[items] = of_items.covariances.cpu().numpy()
    precisions = np.ones(len(rows))
    precisions[items] = of_items.noise.cpu().numpy()

    by_feature = content.by_feature(known)
    on_users = of_users.coefficients.cpu().numpy()
    traits_end = 3 + known.traits.shape[1]
    return {
        "item_rows": rows.astype(np.float32),
        "item_covariances": covariances.astype(np.float32),
        "item_precisions": precisions.astype(np.float32),
        "item_traits": (known.traits @ on_users[3:traits_end]).astype(np.float32),
        "item_company": (known.company @ on_users[traits_end:]).astype(np.float32),
        "item_embeddings": known.embeddings.astype(np.float32),
        "item_lengths": known.lengths.astype(np.float32),
        "item_counts": first.counts.astype(np.int32),
        "content_rows": by_feature.rows.astype(np.float32),
        "content_embeddings": by_feature.embeddings.astype(np.float32),
        "content_covariance": unrated.astype(np.float32),
        "user_prior_rows": on_users[:3],
        "user_prior_precision": of_users.precision.cpu().numpy(),
        "item_prior_rows": prior_rows.astype(np.float32),
        "prior_precision_of_items": of_items.precision.cpu().numpy(),
        "penalties_of_items": of_items.penalties.cpu().numpy(),
        "penalties_of_users": of_users.penalties.cpu().numpy(),
    }


def export_settings(
    fit: VariationalFactorization, known: SideInformation, mean: float
) -> dict[str, Any]:
    """The JSON-able settings of :class:`FactorizationScorer`."""
    return {
        "mean": mean,
        "noise_precision": fit.noise_precision,
        "noise_strength": NOISE_STRENGTH,
        "count_range": list(known.count_range),
        "trait_shrinkage": TRAIT_SHRINKAGE,
        "company_power": COMPANY_POWER,
    }

"""A variational fit of stars before its first round, from scratch or from an earlier export."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from recommender.learning.interactions import Interactions
from recommender.learning.presets.stars.side_information import SideInformation
from recommender.learning.presets.stars.variational import Side, VariationalFactorization
from recommender.learning.validation import RandomState

WARM_START_ARRAYS = ("item_rows", "item_covariances", "user_prior_precision")


def factors_for(num_ratings: int) -> int:
    """The width of the factors for a number of ratings: more data, more factors."""
    return int(np.clip(round(14 * (num_ratings / 80_000) ** 0.5), 2, 24))


def begin(
    interactions: Interactions,
    known: SideInformation,
    mean: float,
    width: int,
    warm_start: Mapping[str, NDArray[Any]] | None,
    random_state: RandomState,
    device: torch.device,
) -> VariationalFactorization:
    """A fit of rows of ``width`` numbers, bias and factors; a warm start brings its own width."""
    if warm_start is not None:
        check_warm_start(warm_start, interactions.num_items)
        width = warm_start["item_rows"].shape[1]
    tensor = partial(torch.as_tensor, device=device)
    users, items = np.unique(interactions.user_ids), np.unique(interactions.item_ids)
    user_side = Side(
        ids=tensor(np.searchsorted(users, interactions.user_ids)),
        features=tensor(known.users[users]),
        blocks=tensor(known.user_blocks),
        width=width,
    )
    item_side = Side(
        ids=tensor(np.searchsorted(items, interactions.item_ids)),
        features=tensor(known.items[items]),
        blocks=tensor(known.item_blocks),
        width=width,
    )
    ratings = np.asarray(interactions.ratings, float) - mean
    weights = np.ones(len(ratings)) if interactions.weights is None else interactions.weights
    fit = VariationalFactorization(
        tensor(ratings), tensor(np.asarray(weights, float)), user_side, item_side, random_state
    )
    if warm_start is not None:
        item_side.mean = tensor(np.asarray(warm_start["item_rows"][items], float))
        item_side.covariance = tensor(
            unpacked(np.asarray(warm_start["item_covariances"][items], float), width)
        )
        user_side.precision = tensor(
            np.array(warm_start["user_prior_precision"], float)  # not of the mapped file
        )
    return fit


def unpacked(upper: NDArray[np.float64], size: int) -> NDArray[np.float64]:
    """Symmetric matrices (n, size, size) from their upper triangles (n, size (size + 1) / 2)."""
    full = np.empty((len(upper), size, size))
    first, second = np.triu_indices(size)
    full[:, first, second] = full[:, second, first] = upper
    return full


def check_warm_start(arrays: Mapping[str, NDArray[Any]], num_items: int) -> None:
    for name in WARM_START_ARRAYS:
        if name not in arrays:
            raise ValueError(f"warm_start must have {name!r}, got {sorted(arrays)}")
    if len(arrays["item_rows"]) != num_items:
        raise ValueError(
            f"warm_start['item_rows'] must have {num_items} rows, got {len(arrays['item_rows'])}"
        )

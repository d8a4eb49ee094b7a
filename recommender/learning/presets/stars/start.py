"""A variational fit of stars before its first round, from scratch or from an earlier export."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from recommender.learning.arrays import DoubleArray, FloatArray, IntArray
from recommender.learning.interactions import Interactions
from recommender.learning.presets.stars.cells import Cell, Int32, Ratings, numbered
from recommender.learning.presets.stars.side import Side
from recommender.learning.presets.stars.side_information import SideInformation
from recommender.learning.presets.stars.variational import VariationalFactorization
from recommender.learning.validation import RandomState

WARM_START_ARRAYS = ("item_rows", "item_covariances", "user_prior_precision")


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
        width = warm_start["item_rows"].shape[1]
    tensor = partial(torch.as_tensor, device=device)
    users, user_places = numbered(interactions.user_ids, interactions.num_users)
    items, item_places = numbered(interactions.item_ids, interactions.num_items)
    ratings = Ratings(user_places, item_places, _less(mean, interactions), _weights(interactions))

    def side(
        ids: IntArray, places: Int32, features: DoubleArray, blocks: IntArray, cells: list[Cell]
    ) -> Side:
        of_rows = features if len(ids) == len(features) else features[ids]
        counts = np.bincount(places, minlength=len(ids)).astype(float)
        return Side(tensor(of_rows), tensor(blocks), tensor(counts), width, cells)

    user_side = side(users, user_places, known.users, known.user_blocks, ratings.of_users(device))
    item_side = side(items, item_places, known.items, known.item_blocks, ratings.of_items(device))
    fit = VariationalFactorization(
        user_side, item_side, float(np.var(ratings.stars, dtype=np.float64))
    )
    if warm_start is None:
        fit.draw_items(random_state)
    else:
        _take_users(user_side, known, warm_start)
        _take_items(item_side, known, warm_start, items)
    return fit


def _less(mean: float, interactions: Interactions) -> FloatArray:
    stars = np.empty(len(interactions), np.float32)
    given = np.asarray(interactions.ratings)
    np.subtract(given, np.float64(mean), out=stars, casting="same_kind")
    return stars


def _weights(interactions: Interactions) -> FloatArray | None:
    weights = interactions.weights
    return None if weights is None or (weights == 1.0).all() else weights


def _take_users(side: Side, known: SideInformation, arrays: Mapping[str, NDArray[Any]]) -> None:
    """The users' prior. Its means are sums over items, from which the coefficients are found."""
    tensor = partial(torch.as_tensor, device=side.mean.device)
    side.precision = tensor(np.array(arrays["user_prior_precision"], float))  # not the mapped file
    _take_penalties(side, arrays.get("penalties_of_users"))
    met = _met(arrays)
    coefficients = [
        np.asarray(arrays["user_prior_rows"], float),
        _coefficients(known.traits, arrays["item_traits"], met),
        _coefficients(known.company, arrays["item_company"], met),
    ]
    side.coefficients = tensor(np.vstack(coefficients))


def _take_items(
    side: Side,
    known: SideInformation,
    arrays: Mapping[str, NDArray[Any]],
    items: NDArray[np.int64],
) -> None:
    """The rows of ``items`` and their prior; items that were not known yet begin at the prior.

    An export from before the prior was kept leaves the prior as it is.
    """
    tensor = partial(torch.as_tensor, device=side.mean.device)
    met = _met(arrays)
    rows = np.array(arrays["item_rows"], float)
    covariances = np.array(arrays["item_covariances"][items], np.float32)
    if has_priors(arrays):
        precision = np.array(arrays["prior_precision_of_items"], float)
        coefficients = _coefficients(known.items, arrays["item_prior_rows"], met)
        rows[~met] = known.items[~met] @ coefficients
        covariances[~met[items]] = np.linalg.inv(precision)[np.triu_indices(side.width)]
        side.precision, side.coefficients = tensor(precision), tensor(coefficients)
        side.noise = tensor(np.where(met, arrays["item_precisions"], 1.0)[items])
        _take_penalties(side, arrays["penalties_of_items"])
    side.mean = tensor(rows[items])
    side.covariances = tensor(covariances)


def has_priors(arrays: Mapping[str, NDArray[Any]]) -> bool:
    """Whether an export is from since the items' prior is kept."""
    return "item_prior_rows" in arrays


def _met(arrays: Mapping[str, NDArray[Any]]) -> NDArray[np.bool_]:
    """Which items (num_items,) the earlier fit knew: alignment leaves zeros for the others."""
    return np.asarray(arrays["item_covariances"].any(axis=1), np.bool_)


def _take_penalties(side: Side, penalties: NDArray[np.float64] | None) -> None:
    """Those of the earlier fit, where it had the same blocks of features."""
    if penalties is not None and len(penalties) == len(side.penalties):
        side.penalties = torch.as_tensor(np.array(penalties, float), device=side.mean.device)


def _coefficients(
    features: NDArray[np.float64], explained: NDArray[np.float32], met: NDArray[np.bool_]
) -> NDArray[np.float64]:
    """Under which these ``features`` (n, F) say what others said: ``explained`` (n, K) of ``met``.

    The coefficients themselves cannot be kept: directions of a singular value decomposition turn
    and change their signs with every rating.
    """
    found: NDArray[np.float64] = np.linalg.lstsq(
        features[met], np.asarray(explained[met], float), rcond=1e-8
    )[0]
    return found


def check_warm_start(arrays: Mapping[str, NDArray[Any]], num_items: int) -> None:
    for name in WARM_START_ARRAYS:
        if name not in arrays:
            raise ValueError(f"warm_start must have {name!r}, got {sorted(arrays)}")
    if len(arrays["item_rows"]) != num_items:
        raise ValueError(
            f"warm_start['item_rows'] must have {num_items} rows, got {len(arrays['item_rows'])}"
        )

"""Stars by Bayesian matrix factorisation with side information: the explicit preset's model."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Self

import numpy as np
import scipy.sparse as sp
import torch
from numpy.typing import ArrayLike, NDArray
from torch import Tensor

from recommender.learning.engine.devices import choose_device
from recommender.learning.interactions import Interactions
from recommender.learning.presets.stars.scorer import FactorizationScorer, FoldedUser
from recommender.learning.presets.stars.side_information import (
    COMPANY_POWER,
    TRAIT_SHRINKAGE,
    SideInformation,
    describe,
)
from recommender.learning.presets.stars.variational import (
    NOISE_STRENGTH,
    Side,
    VariationalFactorization,
)
from recommender.learning.progress import Progress, ProgressCallback, Reporter
from recommender.learning.validation import (
    FloatArray,
    SeedLike,
    as_ids,
    as_random_state,
    check_length,
    check_positive,
)

WARM_START_ARRAYS = ("item_rows", "item_covariances", "user_prior_precision")


class BayesianFactorizationModel:
    """Predicts stars as mean + user bias + item bias + taste · factors, with posteriors throughout.

    Users and items have Gaussian priors whose means are linear in side information: which items
    a user chose to rate, who rated an item, how often and when, and the caller's item features.
    Everything that regularises (prior means, covariances, ridge penalties, the noise of each user
    and item) is learnt from the data. See :mod:`recommender.learning.presets.stars.variational`.

    A user's prediction is the fold-in of that user's training ratings, so that what is measured
    here is what :class:`~recommender.learning.presets.stars.scorer.FactorizationScorer` serves.

    Parameters
    ----------
    num_factors: int, optional
        Width of the factors; from the number of ratings when not given.
    n_iter, warm_n_iter: int
        Rounds of variational Bayes, from scratch and from a warm start.
    company_rank: int
        Directions kept of the matrix of who rated what.
    random_state: seed
    device: 'auto', 'cpu' or 'cuda'
    """

    def __init__(
        self,
        *,
        num_factors: int | None = None,
        n_iter: int = 12,
        warm_n_iter: int = 6,
        company_rank: int = 32,
        random_state: SeedLike = None,
        device: str = "auto",
    ) -> None:
        if num_factors is not None:
            check_positive("num_factors", num_factors)
        check_positive("n_iter", n_iter)
        check_positive("warm_n_iter", warm_n_iter)
        check_positive("company_rank", company_rank)
        self._num_factors = num_factors
        self._n_iter, self._warm_n_iter = n_iter, warm_n_iter
        self._company_rank = company_rank
        self._random_state = as_random_state(random_state)
        self._device = choose_device(device)
        self._arrays: dict[str, NDArray[Any]] = {}
        self._settings: dict[str, Any] = {}
        self._num_users = 0
        self._scorer: FactorizationScorer | None = None
        self._histories: sp.csr_matrix | None = None
        self._folded: dict[int, FoldedUser] = {}
        self._running: Callable[[], None] | None = None

    def fit(
        self,
        interactions: Interactions,
        *,
        item_features: Any = None,
        progress: ProgressCallback | None = None,
        warm_start: Mapping[str, NDArray[Any]] | None = None,
    ) -> Self:
        """Fit on the ratings, from scratch or from the arrays of an earlier :meth:`export`.

        ``item_features`` (num_items, F), sparse or dense, give items that nobody rated a usable
        prediction; ``interactions.item_features`` when not given. Weights count in the fit.

        Raises ``ValueError`` when there are no ratings, or for arrays that do not fit.
        """
        if interactions.ratings is None or len(interactions) == 0:
            raise ValueError("interactions must have ratings, got none")
        interactions.check()
        features = interactions.item_features
        if item_features is not None:
            features = sp.csr_matrix(item_features, dtype=np.float32)
            if features.shape[0] != interactions.num_items:
                raise ValueError(
                    f"item_features must have {interactions.num_items} rows, "
                    f"got {features.shape[0]}"
                )
        reporter = Reporter(progress)
        reporter.report(Progress(phase="side information", epoch=0, epochs=self._n_iter))
        seed = int(self._random_state.randint(2**31 - 1))
        known = describe(interactions, features, self._company_rank, seed)
        mean = float(np.average(interactions.ratings, weights=interactions.weights))
        users, items = np.unique(interactions.user_ids), np.unique(interactions.item_ids)
        fit = self._start(interactions, known, mean, users, items, warm_start)
        rounds = self._n_iter if warm_start is None else self._warm_n_iter
        self._running = partial(self._keep, interactions, known, mean, items, fit)
        for epoch in range(1, rounds + 1):
            started = time.monotonic()
            loss = fit.step()
            if reporter.due() or epoch == rounds:
                reporter.report(
                    Progress(
                        phase="factorization",
                        epoch=epoch,
                        epochs=rounds,
                        loss=loss,
                        examples_per_second=len(interactions) / (time.monotonic() - started),
                    )
                )
        self._running()
        self._running = None
        return self

    def checkpoint(self) -> dict[str, NDArray[Any]]:
        """The arrays so far, for a warm start: to be called from the progress callback of a fit.

        Raises ``RuntimeError`` when no fit is running.
        """
        if self._running is None:
            raise RuntimeError("there is no fit to make a checkpoint of")
        self._running()
        return self._arrays

    def _start(
        self,
        interactions: Interactions,
        known: SideInformation,
        mean: float,
        users: NDArray[np.int64],
        items: NDArray[np.int64],
        warm_start: Mapping[str, NDArray[Any]] | None,
    ) -> VariationalFactorization:
        factors = self._num_factors or factors_for(len(interactions))
        if warm_start is not None:
            check_warm_start(warm_start, interactions.num_items)
            factors = warm_start["item_rows"].shape[1] - 1
        user_side = Side(
            ids=self._tensor(np.searchsorted(users, interactions.user_ids)),
            features=self._tensor(known.users[users]),
            blocks=self._tensor(known.user_blocks),
            width=factors + 1,
        )
        item_side = Side(
            ids=self._tensor(np.searchsorted(items, interactions.item_ids)),
            features=self._tensor(known.items[items]),
            blocks=self._tensor(known.item_blocks),
            width=factors + 1,
        )
        ratings = np.asarray(interactions.ratings, float) - mean
        weights = np.ones(len(ratings)) if interactions.weights is None else interactions.weights
        fit = VariationalFactorization(
            self._tensor(ratings),
            self._tensor(np.asarray(weights, float)),
            user_side,
            item_side,
            self._random_state,
        )
        if warm_start is not None:
            item_side.mean = self._tensor(np.asarray(warm_start["item_rows"][items], float))
            item_side.covariance = self._tensor(
                unpacked(np.asarray(warm_start["item_covariances"][items], float), factors + 1)
            )
            user_side.precision = self._tensor(
                np.array(warm_start["user_prior_precision"], float)  # not of the mapped file
            )
        return fit

    def _tensor(self, array: NDArray[Any]) -> Tensor:
        return torch.as_tensor(array, device=self._device)

    def _keep(
        self,
        interactions: Interactions,
        known: SideInformation,
        mean: float,
        items: NDArray[np.int64],
        fit: VariationalFactorization,
    ) -> None:
        """Write what serving needs, for every item of the model, rated or not."""
        of_items, of_users = fit.items, fit.users
        coefficients = of_items.coefficients.cpu().numpy()
        rows = known.items @ coefficients
        rows[items] = of_items.mean.cpu().numpy()
        unknown = torch.linalg.inv(of_items.precision)[None]
        upper = np.triu_indices(rows.shape[1])
        covariances = np.repeat(unknown.cpu().numpy()[:, *upper], len(rows), axis=0)
        covariances[items] = of_items.covariance.cpu().numpy()[:, *upper]
        precisions = np.ones(len(rows))
        precisions[items] = of_items.noise.cpu().numpy()

        on_users = of_users.coefficients.cpu().numpy()
        traits_end = 3 + known.traits.shape[1]
        self._arrays = {
            "item_rows": rows.astype(np.float32),
            "item_covariances": covariances.astype(np.float32),
            "item_precisions": precisions.astype(np.float32),
            "item_traits": (known.traits @ on_users[3:traits_end]).astype(np.float32),
            "item_company": (known.company @ on_users[traits_end:]).astype(np.float32),
            "item_embeddings": known.embeddings.astype(np.float32),
            "user_prior_rows": on_users[:3],
            "user_prior_precision": of_users.precision.cpu().numpy(),
        }
        self._settings = {
            "mean": mean,
            "noise_precision": fit.noise_precision,
            "noise_strength": NOISE_STRENGTH,
            "count_range": list(known.count_range),
            "trait_shrinkage": TRAIT_SHRINKAGE,
            "company_power": COMPANY_POWER,
        }
        self._scorer = FactorizationScorer(self._arrays, self._settings)
        order = np.argsort(interactions.user_ids, kind="stable")
        ends = np.cumsum(np.bincount(interactions.user_ids, minlength=interactions.num_users))
        self._histories = sp.csr_matrix(
            (
                np.asarray(interactions.ratings)[order],
                interactions.item_ids[order],
                np.concatenate([[0], ends]),
            ),
            shape=(interactions.num_users, interactions.num_items),
        )
        self._num_users = interactions.num_users
        self._folded = {}

    def fold_in(self, item_ids: ArrayLike, ratings: ArrayLike) -> FoldedUser:
        """Place a user who was not in training, from that user's ratings; see the scorer."""
        return self._fitted().fold_in(item_ids, ratings)

    def predict(
        self, user_ids: int | ArrayLike | FoldedUser, item_ids: int | ArrayLike | None = None
    ) -> FloatArray:
        """Stars between 0.5 and 5, float32.

        One user and no items: every item's stars (num_items,). One user and n items: (n,). Users
        (n,) and no items: (n, num_items). Users (n,) and items (n,), or either of length one:
        pair by pair, (n,). A user made by :meth:`fold_in` takes the place of one user.

        Raises ``ValueError`` for ids that the model does not know or lengths that do not match.
        """
        scorer = self._fitted()
        items = None
        if item_ids is not None:
            items = as_ids("item_ids", np.atleast_1d(np.asarray(item_ids)), scorer.num_items)
        if isinstance(user_ids, FoldedUser):
            return scorer.predict(user_ids, items)
        users = as_ids("user_ids", np.atleast_1d(np.asarray(user_ids)), self._num_users)
        if items is None:
            scores = np.stack([scorer.predict(self.folded(int(user))) for user in users])
            return scores[0] if np.ndim(user_ids) == 0 else scores
        if 1 not in (len(users), len(items)):
            check_length("item_ids", items, len(users))
        users, items = np.broadcast_arrays(users, items)
        stars = np.empty(len(users), np.float32)
        order = np.argsort(users, kind="stable")
        for rows in np.split(order, np.flatnonzero(np.diff(users[order])) + 1):
            if len(rows):
                stars[rows] = scorer.predict(self.folded(int(users[rows[0]])), items[rows])
        return stars

    def export(self) -> tuple[dict[str, NDArray[Any]], dict[str, Any]]:
        """Arrays and JSON-able settings for :class:`FactorizationScorer`."""
        self._fitted()
        return self._arrays, self._settings

    @property
    def scorer(self) -> FactorizationScorer:
        """What serves this model."""
        return self._fitted()

    def folded(self, user: int) -> FoldedUser:
        """A training user, folded in from all of the user's training ratings."""
        if user not in self._folded and self._histories is not None:
            history = slice(*self._histories.indptr[user : user + 2])
            self._folded[user] = self._fitted().fold_in(
                self._histories.indices[history], self._histories.data[history]
            )
        return self._folded[user]

    def _fitted(self) -> FactorizationScorer:
        if self._scorer is None:
            raise RuntimeError("the model is not fitted: call fit first")
        return self._scorer


def factors_for(num_ratings: int) -> int:
    """The width of the factors for a number of ratings: more data, more factors."""
    return int(np.clip(round(14 * (num_ratings / 80_000) ** 0.5), 2, 24))


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

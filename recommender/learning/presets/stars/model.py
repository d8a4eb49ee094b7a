"""Stars by Bayesian matrix factorisation with side information: the explicit preset's model."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from recommender.learning.arrays import FloatArray, IntArray
from recommender.learning.artifact import StrPath
from recommender.learning.description import Described
from recommender.learning.engine.devices import choose_device
from recommender.learning.engine.persistence import fingerprint, open_model, save_model
from recommender.learning.interactions import Interactions
from recommender.learning.interfaces import FoldedUser
from recommender.learning.presets.stars.export import export_arrays, export_settings
from recommender.learning.presets.stars.first_ratings import FirstRatings
from recommender.learning.presets.stars.histories import Histories
from recommender.learning.presets.stars.scorer import FactorizationScorer
from recommender.learning.presets.stars.side_information import (
    chosen_features,
    describe,
    rated_interactions,
)
from recommender.learning.presets.stars.start import begin, check_warm_start, has_priors
from recommender.learning.presets.stars.width import factors_for
from recommender.learning.progress import Progress, ProgressCallback, Reporter
from recommender.learning.ranking import Exclusion, recommended
from recommender.learning.validation import (
    SeedLike,
    as_ids,
    as_random_state,
    check_length,
    check_positive,
)

ROUNDS_LEFT = "rounds_left"


class BayesianFactorizationModel(Described):
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

    batch_size = None  # a round takes all ratings at once

    def __init__(
        self,
        *,
        num_factors: int | None = None,
        n_iter: int = 12,
        warm_n_iter: int = 1,
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
        self._scorer: FactorizationScorer | None = None
        self._histories: Histories | None = None
        self._data_fingerprint: str | None = None
        self._folded: dict[int, FoldedUser] = {}
        self._running: Callable[[], dict[str, NDArray[Any]]] | None = None
        self._rounds_left = 0

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
        prediction; ``interactions.item_features`` when not given. Weights count in the fit: an
        interaction of weight 0 says who met what, and nothing of stars.

        Raises ``ValueError`` when there are no ratings, or for arrays that do not fit.
        """
        if interactions.ratings is None or len(interactions) == 0:
            raise ValueError("interactions must have ratings, got none")
        interactions.check()
        if warm_start is not None:
            check_warm_start(warm_start, interactions.num_items)
        features = chosen_features(item_features, interactions)
        reporter = Reporter(progress)
        reporter.report(Progress(phase="side information", epoch=0, epochs=self._n_iter))
        seed = int(self._random_state.randint(2**31 - 1))
        known = describe(interactions, features, self._company_rank, seed, warm_start)
        known_stars = rated_interactions(interactions)
        count, first = len(known_stars), FirstRatings.of(known_stars)
        mean = _mean(known_stars)
        width = 1 + (self._num_factors or factors_for(count))
        fit = begin(known_stars, known, mean, width, warm_start, self._random_state, self._device)
        del known_stars  # a copy where some films were only seen
        rounds, learn_priors = self._rounds(warm_start)
        self._running = partial(export_arrays, fit, known, first, mean)
        for epoch in range(1, rounds + 1):
            started = time.monotonic()
            loss = fit.step(learn_priors=learn_priors)
            self._rounds_left = rounds - epoch
            if reporter.due() or epoch == rounds:
                reporter.report(
                    Progress(
                        phase="factorization",
                        epoch=epoch,
                        epochs=rounds,
                        loss=loss,
                        examples_per_second=count / (time.monotonic() - started),
                    )
                )
        self._running = None
        fit.release()
        self._arrays = export_arrays(fit, known, first, mean)
        self._settings = export_settings(fit, known, mean)
        self._scorer = FactorizationScorer(self._arrays, self._settings)
        self._histories = Histories.of(rated_interactions(interactions))
        self._folded = {}
        self._data_fingerprint = fingerprint(interactions)
        return self

    def checkpoint(self) -> dict[str, NDArray[Any]]:
        """The arrays so far, for a warm start: to be called from the progress callback of a fit.

        Raises ``RuntimeError`` when no fit is running.
        """
        if self._running is None:
            raise RuntimeError("there is no fit to make a checkpoint of")
        return {**self._running(), ROUNDS_LEFT: np.array([self._rounds_left])}

    def _rounds(self, warm_start: Mapping[str, NDArray[Any]] | None) -> tuple[int, bool]:
        """How many rounds a fit has, and whether they learn the priors.

        From a checkpoint as many as were left; from a version few, which take its priors as they
        are: they have seen all ratings but the newest.
        """
        if warm_start is None:
            return self._n_iter, True
        if ROUNDS_LEFT in warm_start:
            return max(1, int(warm_start[ROUNDS_LEFT][0])), True
        return self._warm_n_iter, not has_priors(warm_start)

    def fold_in(
        self, item_ids: ArrayLike, ratings: ArrayLike, seen_ids: ArrayLike = ()
    ) -> FoldedUser:
        """Place a user who was not in training: ``ratings`` (n,) of ``item_ids`` (n,)."""
        return self._fitted().fold_in(item_ids, ratings, seen_ids)

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
        users = as_ids("user_ids", np.atleast_1d(np.asarray(user_ids)), self.num_users)
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

    def recommend(
        self, user_id: int | FoldedUser, n: int = 10, exclude: Exclusion = None
    ) -> tuple[IntArray, FloatArray]:
        """The items with the most predicted stars.

        Parameters
        ----------
        user_id: int or FoldedUser
            A user of the training set, or one placed by :meth:`fold_in`.
        n: int
            How many items, at most.
        exclude: item ids (m,) or Interactions, optional
            What is left out; of :class:`Interactions` the items of this user. Pass what the model
            was fitted on to recommend nothing that was rated.

        Returns
        -------
        ids: int64, shape (n,) or fewer
        stars: float32, of the same shape
            Best first.
        """
        known = None if isinstance(user_id, FoldedUser) else int(user_id)
        return recommended(self.predict(user_id), n, exclude, known)

    def similar_items(self, item_id: int, n: int = 10) -> tuple[IntArray, FloatArray]:
        """Ids (n,) and cosines (n,) of the items that the same users chose to rate, best first."""
        return self._fitted().similar(item_id, n)

    def save(self, folder: StrPath, metrics: Mapping[str, float] | None = None) -> None:
        """Write arrays (safetensors) and a manifest (JSON) into ``folder``.

        The users' training ratings are among them, from which :meth:`predict` places a user;
        :meth:`export` has what serving needs, and no users.
        """
        scorer, histories = self._fitted(), self._known_histories()
        manifest = {
            "settings": {
                "num_factors": self._num_factors,
                "n_iter": self._n_iter,
                "warm_n_iter": self._warm_n_iter,
                "company_rank": self._company_rank,
            },
            "scorer": self._settings,
            "num_users": histories.num_users,
            "num_items": scorer.num_items,
            "data_fingerprint": self._data_fingerprint,
            "metrics": dict(metrics or {}),
        }
        arrays = {**self._arrays, **histories.arrays()}
        save_model(folder, type(self).__name__, arrays, manifest)

    @classmethod
    def load(cls, folder: StrPath, **settings: Any) -> Self:
        """The model that :meth:`save` wrote; ``settings`` override those it was made with.

        Raises the errors of :func:`recommender.learning.artifact.read_artifact`.
        """
        artifact = open_model(folder, cls.__name__)
        model = cls(**{**artifact.manifest["settings"], **settings})
        model._histories = Histories.from_arrays(artifact.arrays)
        of_histories = model._histories.arrays()
        model._arrays = {n: a for n, a in artifact.arrays.items() if n not in of_histories}
        model._settings = artifact.manifest["scorer"]
        model._scorer = FactorizationScorer(model._arrays, model._settings)
        model._data_fingerprint = artifact.manifest["data_fingerprint"]
        return model

    def export(self) -> tuple[dict[str, NDArray[Any]], dict[str, Any]]:
        """Arrays and JSON-able settings for :class:`FactorizationScorer`."""
        self._fitted()
        return self._arrays, self._settings

    @property
    def num_users(self) -> int:
        """How many users the fitted model knows."""
        return self._known_histories().num_users

    @property
    def num_items(self) -> int:
        """How many items the fitted model knows."""
        return self._fitted().num_items

    @property
    def scorer(self) -> FactorizationScorer:
        """What serves this model."""
        return self._fitted()

    def folded(self, user: int) -> FoldedUser:
        """A training user, folded in from all of the user's training ratings."""
        if user not in self._folded:
            self._folded[user] = self._fitted().fold_in(*self._known_histories().of_user(user))
        return self._folded[user]

    def _fitted(self) -> FactorizationScorer:
        if self._scorer is None:
            raise RuntimeError(f"{type(self).__name__} must be fitted or loaded first")
        return self._scorer

    def _known_histories(self) -> Histories:
        if self._histories is None:
            raise RuntimeError(f"{type(self).__name__} must be fitted or loaded first")
        return self._histories


def _mean(interactions: Interactions) -> float:
    ratings = np.asarray(interactions.ratings)
    if interactions.weights is None:
        return float(ratings.mean(dtype=np.float64))
    return float(np.average(ratings.astype(float), weights=interactions.weights))

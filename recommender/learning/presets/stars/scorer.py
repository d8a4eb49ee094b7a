"""Stars for any history, from the exported arrays alone: what web processes run. Numpy only.

The model (see :mod:`recommender.learning.presets.stars.model`): a rating is

    mean + bias_u + bias_i + taste_u · factors_i + noise_ui.

A user's row is ``[bias_u, taste_u]`` and an item's row ``[bias_i, factors_i]``, both of K numbers.
The user's row has a Gaussian prior whose mean is linear in the set of items that the user chose to
rate, so that its posterior is the solution of one K x K system (fold-in), and every score is a sum
of contributions of the single ratings.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from recommender.learning.arrays import IntArray
from recommender.learning.interfaces import FoldedUser
from recommender.learning.ranking import top_n
from recommender.learning.validation import as_floats, as_ids, check_positive

MIN_STARS, MAX_STARS = 0.5, 5.0
EIGHTY_PERCENT = 1.32
"""Deviations to either side of a prediction within which four of five ratings lie: more than a
Gaussian's 1.28, since some members are less steady than any of their ratings told."""
NOISE_ROUNDS = 4

ARRAYS = (
    "item_rows",  # (num_items, K) float32: [bias_i, factors_i]
    "item_covariances",  # (num_items, K (K + 1) / 2) float32: posterior, upper triangle by row
    "item_precisions",  # (num_items,) float32: how reliable ratings of the item are, mean near 1
    "item_traits",  # (num_items, K) float32: what rating it says of the user's row, averaged
    "item_company",  # (num_items, K) float32: the same, for who else rates it
    "item_embeddings",  # (num_items, d) float32, of length 1 or 0: for similar items
    "user_prior_rows",  # (3, K): the user's prior mean by 1, log count, log count squared
    "user_prior_precision",  # (K, K)
)
# Of exports since items can be placed by their content; see `FactorizationScorer.place`.
CONTENT_ARRAYS = (
    "content_rows",  # (1 + F, K) float32: [bias_i, factors_i] by a one and the item's features
    "content_embeddings",  # (1 + F, d) float32: the same for who would rate it
    "content_covariance",  # (K (K + 1) / 2,) float32: the prior's, upper triangle by row
)
SETTINGS = (
    "mean",
    "noise_precision",
    "noise_strength",
    "count_range",
    "trait_shrinkage",
    "company_power",
)

Float32 = NDArray[np.float32]
Float64 = NDArray[np.float64]


class FactorizationScorer:
    """Scores items for a user given by ratings.

    Parameters
    ----------
    arrays: the arrays of ``BayesianFactorizationModel.export``
        They may be read-only memory maps.
    settings: the settings of the same export

    Raises
    ------
    ValueError
        If an array or a setting is missing.
    """

    def __init__(self, arrays: Mapping[str, NDArray[Any]], settings: Mapping[str, Any]) -> None:
        for name in ARRAYS:
            if name not in arrays:
                raise ValueError(f"arrays must have {name!r}, got {sorted(arrays)}")
        for name in SETTINGS:
            if name not in settings:
                raise ValueError(f"settings must have {name!r}, got {sorted(settings)}")
        self._rows: Float32 = arrays["item_rows"]
        self._covariances: Float32 = arrays["item_covariances"]
        self._precisions: Float32 = arrays["item_precisions"]
        self._traits: Float32 = arrays["item_traits"]
        self._company: Float32 = arrays["item_company"]
        self._embeddings: Float32 = arrays["item_embeddings"]
        self._content = {name: arrays[name] for name in CONTENT_ARRAYS if name in arrays}
        self._prior_rows = np.asarray(arrays["user_prior_rows"], np.float64)
        self._prior_precision = np.asarray(arrays["user_prior_precision"], np.float64)
        self._whitener: Float64 = np.linalg.inv(np.linalg.cholesky(self._prior_precision))
        self._priors = {name: arrays[name] for name in ("user_prior_rows", "user_prior_precision")}
        self._settings = dict(settings)
        self._mean = float(settings["mean"])
        self._upper = np.triu_indices(self._rows.shape[1])
        # Where each cell of a symmetric matrix stands in its upper triangle, (K, K).
        self._cells = np.zeros((self._rows.shape[1],) * 2, np.int64)
        self._cells[self._upper] = self._cells.T[self._upper] = np.arange(len(self._upper[0]))

    @property
    def num_items(self) -> int:
        return len(self._rows)

    def fold_in(
        self, item_ids: ArrayLike, ratings: ArrayLike, seen_ids: ArrayLike = ()
    ) -> FoldedUser:
        """The posterior of a user who gave ``ratings`` (stars, shape (n,)) to ``item_ids``.

        ``seen_ids`` are items that the user chose, too, without saying what they thought of them:
        they count in the prior, which looks at the set of items, and are no evidence.

        Closed form for a known noise level; the user's own noise level is found by a few rounds
        of expectation maximisation. No ratings at all give the typical user.

        Raises ``ValueError`` for ids outside the model, lengths that differ, or NaN.
        """
        items = as_ids("item_ids", item_ids, self.num_items)
        stars = as_floats("ratings", ratings)
        if stars.shape != items.shape:
            raise ValueError(f"ratings must have shape {items.shape}, got {stars.shape}")
        seen = as_ids("seen_ids", seen_ids, self.num_items)
        chosen = np.concatenate([items, seen[~np.isin(seen, items)]])
        typical, prior, prior_parts = self._prior(chosen)
        evidence = self._evidence(items, stars)
        of_prior, of_target = self._prior_precision @ prior, evidence.target
        # In this basis the prior's precision is one and what the ratings say is diagonal.
        strengths, turn = np.linalg.eigh(self._whitener @ evidence.gram @ self._whitener.T)
        basis: Float64 = self._whitener.T @ turn
        noise = self._noise(strengths, of_prior @ basis, of_target @ basis, evidence)
        covariance: Float64 = (basis / (1.0 + noise * strengths)) @ basis.T
        row: Float64 = covariance @ (of_prior + noise * of_target)

        def contributions(directions: Float64) -> Float64:
            pulls = covariance @ directions
            parts: Float64 = prior_parts @ (self._prior_precision @ pulls)
            parts[: len(items)] += noise * self._surprises(evidence, typical, pulls)
            return parts

        return FoldedUser(chosen, row, covariance, contributions, noise)

    def predict(self, user: FoldedUser, item_ids: ArrayLike | None = None) -> Float32:
        """Stars between 0.5 and 5, for all items or for ``item_ids``: shape (n,), float32."""
        weights = user.row.astype(np.float32)
        weights[0] = 1.0
        scores = self._rows @ weights
        if item_ids is not None:  # Multiplied alone, their rows would round differently.
            scores = scores[as_ids("item_ids", item_ids, self.num_items)]
        scores += np.float32(self._mean + user.row[0])
        return np.clip(scores, MIN_STARS, MAX_STARS, out=scores)

    def uncertainty(self, user: FoldedUser, item_ids: ArrayLike) -> Float32:
        """Standard deviation in stars of the expected rating of each item: shape (n,), float32.

        What is not known of the user and of the item; without the noise of a single rating.
        """
        items = as_ids("item_ids", item_ids, self.num_items)
        design = self._design(items)
        row = np.concatenate([[1.0], user.row[1:]])
        of_user = np.einsum("ni,ni->n", design @ user.covariance, design)
        # Of the item, and of both: the item's covariance against the user's second moments.
        moments = user.covariance.copy()
        moments[0] = moments[:, 0] = 0.0
        moments += np.outer(row, row)
        of_items = self._covariances[items] @ self._packed(moments)
        return np.sqrt(of_user + of_items).astype(np.float32)

    def deviation(self, user: FoldedUser, item_ids: ArrayLike) -> Float32:
        """Standard deviation in stars of the rating itself: shape (n,), float32.

        What is not known, and what the user's and the item's ratings vary by anyway: 80 % of the
        ratings lie within ``EIGHTY_PERCENT`` of these of the prediction.
        """
        items = as_ids("item_ids", item_ids, self.num_items)
        noise = 1.0 / (user.noise_precision * self._precisions[items].astype(np.float64))
        return np.sqrt(self.uncertainty(user, items) ** 2 + noise).astype(np.float32)

    def explain(self, user: FoldedUser, item_id: int) -> Float32:
        """What each rating of the history adds to the item's score: shape (n_history,), float32.

        The sum is the (unclipped) score minus the score that a user without a history gets.
        """
        return self.explain_each(user, [item_id])[0]

    def explain_each(self, user: FoldedUser, item_ids: ArrayLike) -> Float32:
        """What :meth:`explain` says of several items: shape (len(item_ids), n_history)."""
        design = self._design(as_ids("item_ids", item_ids, self.num_items))
        return user.contributions(design.T).T.astype(np.float32)

    def similar(self, item_id: int, n: int) -> tuple[IntArray, Float32]:
        """The ``n`` items that the same users chose to rate, best first, with their cosines."""
        item = int(as_ids("item_id", [item_id], self.num_items)[0])
        check_positive("n", n)
        scores = self._embeddings @ self._embeddings[item]
        scores[item] = -np.inf
        best, cosines = top_n(scores, n)
        return best, cosines.astype(np.float32, copy=False)

    @property
    def embeddings(self) -> Float32:
        """(num_items, d), of length 1 or 0: near each other for items that the same users rate."""
        return self._embeddings

    def place(self, count: int, items: IntArray, features: IntArray) -> FactorizationScorer | None:
        """A scorer of ``count`` items that this one does not know, by what they are.

        Item ``items[i]`` (n,), from 1 to ``count``, has the feature ``features[i]`` (n,), a column
        of those that the model was fitted with. A user folded in here is asked about there. None
        where no features were learned.
        """
        if len(self._content) < len(CONTENT_ARRAYS):
            return None
        rows = _sums(self._content["content_rows"], count, items, features)
        embeddings = _sums(self._content["content_embeddings"], count, items, features)
        lengths = np.linalg.norm(embeddings, axis=1, keepdims=True)
        covariance = self._content["content_covariance"]
        unknown = np.zeros_like(rows)
        arrays = {
            "item_rows": rows,
            "item_covariances": np.broadcast_to(covariance, (1 + count, len(covariance))),
            "item_precisions": np.ones(1 + count, np.float32),
            "item_traits": unknown,
            "item_company": unknown,
            "item_embeddings": embeddings / np.where(lengths > 1e-9, lengths, 1.0),
            **self._priors,
        }
        return FactorizationScorer(arrays, self._settings)

    def _design(self, items: IntArray) -> Float64:
        """What a user's row is multiplied by: ``[1, factors_i]``, (n, K)."""
        design = self._rows[items].astype(np.float64)
        design[:, 0] = 1.0
        return design

    def _packed(self, symmetric: Float64) -> Float32:
        """(K, K) as what a packed covariance is multiplied by to sum the products of all cells."""
        first, second = self._upper
        packed = symmetric[first, second] * np.where(first == second, 1.0, 2.0)
        return packed.astype(np.float32)

    def _unpacked(self, packed: NDArray[Any]) -> NDArray[Any]:
        """Symmetric matrices (..., K, K) from their upper triangles (..., K (K + 1) / 2)."""
        return np.take(packed, self._cells, axis=-1)

    def _prior(self, items: IntArray) -> tuple[Float64, Float64, Float64]:
        """Prior mean rows (K,) without a history and with it, and each item's part in between."""
        count, settings = len(items), self._settings
        low, high = settings["count_range"]
        typical = np.array([1.0, np.log(low), np.log(low) ** 2]) @ self._prior_rows
        if not count:
            return typical, typical, np.empty((0, len(typical)))
        size = np.log(np.clip(count, low, high))
        by_count = np.array([1.0, size, size**2]) @ self._prior_rows - typical
        parts = (
            by_count / count
            + self._traits[items] / (count + settings["trait_shrinkage"])
            + self._company[items] * (count + 1.0) ** -settings["company_power"]
        )
        return typical, typical + parts.sum(0), parts

    def _evidence(self, items: IntArray, stars: Float32) -> _Evidence:
        """Expectations over the items' posteriors of what the ratings say of the user's row."""
        size = self._rows.shape[1]
        weights = self._precisions[items].astype(np.float64)
        covariances = self._covariances[items]
        design = self._rows[items].astype(np.float64)
        residuals = stars - self._mean - design[:, 0]
        design[:, 0] = 1.0
        squares = weights @ (residuals**2 + covariances[:, 0])
        with_bias = covariances[:, :size].astype(np.float64)  # the first row of each triangle
        with_bias[:, 0] = 0.0
        of_factors = self._unpacked(weights.astype(np.float32) @ covariances).astype(np.float64)
        of_factors[0] = of_factors[:, 0] = 0.0
        gram = (design * weights[:, None]).T @ design + of_factors
        targets = weights[:, None] * (design * residuals[:, None] - with_bias)
        return _Evidence(design, weights, covariances, targets, gram, float(squares))

    def _surprises(self, evidence: _Evidence, typical: Float64, pulls: Float64) -> Float64:
        """What each rating says beyond what was expected of a typical user, along ``pulls`` (K, m):
        shape (n, m)."""
        expected = (evidence.design @ typical)[:, None] * (evidence.design @ pulls)
        # Products of each covariance with both sides, a sum over the cells of its upper triangle.
        first, second = self._upper
        left, right = typical.astype(np.float32), pulls.astype(np.float32)
        left[0] = right[0] = 0.0
        both = left[first, None] * right[second] + left[second, None] * right[first]
        both[first == second] /= 2
        expected += evidence.covariances @ both
        return evidence.targets @ pulls - evidence.weights[:, None] * expected

    def _noise(
        self, strengths: Float64, of_prior: Float64, of_target: Float64, evidence: _Evidence
    ) -> float:
        """The user's noise precision: expectation maximisation from the level of all users.

        All in the basis in which the posterior's covariance is diagonal, arrays (K,).
        """
        strength = self._settings["noise_strength"]
        base = noise = float(self._settings["noise_precision"])
        count = len(evidence.targets)
        for _ in range(NOISE_ROUNDS if count else 0):
            variance = 1.0 / (1.0 + noise * strengths)
            row = variance * (of_prior + noise * of_target)
            error = evidence.squares - 2 * row @ of_target + strengths @ (row**2 + variance)
            noise = (count + strength) / (max(error, 0.0) + strength / base)
        return noise


@dataclass(frozen=True, eq=False)
class _Evidence:
    """What n ratings say: designs (n, K), weights (n,), packed covariances and targets (n, K) of
    each; their gram (K, K) and the sum of squares."""

    design: Float64
    weights: Float64
    covariances: Float32
    targets: Float64
    gram: Float64
    squares: float

    @property
    def target(self) -> Float64:
        return self.targets.sum(0)


def _sums(table: NDArray[Any], count: int, items: IntArray, features: IntArray) -> Float32:
    """``table[0]``, and what ``table`` (1 + F, K) adds for each feature of each item.

    Shape (1 + count, K), zeros for the padding item.
    """
    sums = np.tile(np.asarray(table[0], np.float32), (1 + count, 1))
    np.add.at(sums, items, np.asarray(table[1:], np.float32)[features])
    sums[0] = 0.0
    return sums

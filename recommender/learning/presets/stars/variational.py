"""Variational Bayes for a matrix factorisation whose rows have learnt Gaussian priors.

Lim & Teh, "Variational Bayesian approach to movie rating prediction" (KDD Cup 2007), with full
covariances as in Bayesian PMF (Salakhutdinov & Mnih, ICML 2008), prior means that are linear in
side information as in Macau (Simm et al., 2017), and a noise level per user and per item. On
sparse data the covariances are what a point estimate lacks: they keep rarely rated items from
being believed.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass, field

import numpy as np
import scipy.sparse as sp
import torch
from torch import Tensor

from recommender.learning.presets.stars.side_information import truncated_svd

NOISE_STRENGTH = 20.0
PRIOR_STRENGTH = 5.0
GRADIENT_STEPS = 8
FIRST_SCALE = 0.3


@dataclass
class Side:
    """The rows of the users or of the items: posterior, prior, and how they meet the ratings."""

    ids: Tensor  # (N,) which row each rating belongs to
    features: Tensor  # (n, F)
    blocks: Tensor  # (F,)
    width: int
    mean: Tensor = field(init=False)  # (n, K)
    covariance: Tensor = field(init=False)  # (n, K, K)
    coefficients: Tensor = field(init=False)  # (F, K)
    precision: Tensor = field(init=False)  # (K, K)
    penalties: Tensor = field(init=False)  # one per block
    noise: Tensor = field(init=False)  # (n,)

    def __post_init__(self) -> None:
        like = self.features
        size, number = self.width, len(like)
        eye = torch.eye(size, dtype=like.dtype, device=like.device)
        self.mean = like.new_zeros(number, size)
        self.covariance = (0.01 * eye).repeat(number, 1, 1)
        self.coefficients = like.new_zeros(like.shape[1], size)
        self.precision = 5.0 * max(size - 1, 1) ** 0.5 * eye
        self.precision[0, 0] = 5.0
        self.penalties = like.new_full((int(self.blocks.max()) + 1,), 10.0)
        self.noise = like.new_ones(number)
        self.counts = torch.bincount(self.ids, minlength=number).to(like.dtype)
        self._order = torch.argsort(self.ids, stable=True)
        ends = torch.cumsum(torch.bincount(self.ids, minlength=number), 0)
        self._starts = torch.cat([ends.new_zeros(1), ends])

    @property
    def prior_mean(self) -> Tensor:
        return self.features @ self.coefficients

    @property
    def design(self) -> Tensor:
        """What the other side's rows are multiplied by: ``[1, factors]``, (n, K)."""
        design = self.mean.clone()
        design[:, 0] = 1.0
        return design

    def sums(self, values: Tensor) -> Tensor:
        """Sum one number per rating (N,) over each row: (n,)."""
        return values.new_zeros(len(self.mean)).index_add_(0, self.ids, values)

    def update(self, other: Side, weights: Tensor, ratings: Tensor) -> None:
        """The posterior of every row given the other side's, ``weights`` (N,) and ratings (N,)."""
        design, bias = other.design, other.mean[:, 0]
        with_bias = other.covariance[:, 0].clone()
        with_bias[:, 0] = 0.0
        spread = other.covariance.clone()
        spread[:, 0] = spread[:, :, 0] = 0.0
        products = design[:, :, None] * design[:, None, :] + spread
        first, second = torch.triu_indices(self.width, self.width, device=design.device)
        upper = self._spread_sum(other, weights, products[:, first, second])
        gram = torch.empty_like(self.covariance)
        gram[:, first, second] = gram[:, second, first] = upper
        target = self._spread_sum(other, weights * ratings, design)
        target -= self._spread_sum(other, weights, design * bias[:, None] + with_bias)
        squares = (ratings - bias[other.ids]) ** 2 + other.covariance[other.ids, 0, 0]
        self._squares = self.sums(weights * squares)
        self._gram, self._target = gram, target
        self._place()

    def _place(self) -> None:
        """The posterior from the prior and what the ratings said."""
        self.covariance = torch.linalg.inv(self.precision + self._gram)
        target = self._target + self.prior_mean @ self.precision
        self.mean = (self.covariance @ target[:, :, None]).squeeze(2)

    def _spread_sum(self, other: Side, values: Tensor, rows: Tensor) -> Tensor:
        """Sum ``values`` times the other side's ``rows`` over the ratings of each row."""
        order = self._order
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", message="Sparse CSR tensor support is in beta")
            matrix = torch.sparse_csr_tensor(
                self._starts,
                other.ids[order],
                values[order],
                (len(self.mean), len(rows)),
                check_invariants=False,
            )
        return matrix @ rows

    def learn_prior(self) -> None:
        """Fit the prior to the posterior: coefficients, ridge penalties and precision."""
        features, number, width = self.features, len(self.mean), self.width
        ridge = self.penalties[self.blocks].clone()
        ridge[0] = 1e-3
        inverse = torch.linalg.inv(features.T @ features + torch.diag(ridge))
        self._solve_coefficients(ridge, inverse)
        self._place()
        rest = self.mean - self.prior_mean
        scatter = rest.T @ rest + self.covariance.sum(0)
        scatter += self.coefficients.T @ (ridge[:, None] * self.coefficients)
        scatter += 1e-3 * torch.eye(width, dtype=scatter.dtype, device=scatter.device)
        self.precision = torch.linalg.inv(scatter / (number + PRIOR_STRENGTH))
        spread = ((self.coefficients @ self.precision) * self.coefficients).sum(1)
        spread += width * torch.diagonal(inverse)
        total = torch.zeros_like(self.penalties).index_add_(0, self.blocks, spread)
        columns = torch.bincount(self.blocks, minlength=len(total))
        self.penalties = columns * width / total

    def learn_noise(self) -> float:
        """Fit each row's noise precision to E[(rating - prediction)²] of its ratings.

        Returns the mean of these errors, each times the other side's noise precision.
        """
        fitted = (self.mean[:, :, None] * self.mean[:, None, :] + self.covariance) * self._gram
        errors = self._squares - 2 * (self.mean * self._target).sum(1) + fitted.sum((1, 2))
        errors = errors.clamp_min(0.0) / self.noise
        base = float(errors.sum() / self.counts.sum())
        self.noise = (self.counts + NOISE_STRENGTH) / (errors + NOISE_STRENGTH * base)
        return base

    def _solve_coefficients(self, ridge: Tensor, inverse: Tensor) -> None:
        """The most probable coefficients with the rows integrated out, by conjugate gradients.

        The textbook step regresses the rows' posterior means on the features. Rows with few
        ratings lie near their prior, so that it moves by small steps; this one is preconditioned
        by it and goes much further in as little time.
        """
        known = self._gram - self._gram @ self.covariance @ self._gram
        pull = self._target[:, :, None] - self._gram @ (self.covariance @ self._target[:, :, None])
        prior_covariance = torch.linalg.inv(self.precision)

        def curvature(step: Tensor) -> Tensor:
            on_rows = (known @ (self.features @ step)[:, :, None]).squeeze(2)
            return self.features.T @ on_rows + ridge[:, None] * step @ self.precision

        gradient = self.features.T @ pull.squeeze(2) - curvature(self.coefficients)
        direction = scaled = inverse @ gradient @ prior_covariance
        size = (gradient * scaled).sum()
        for _ in range(GRADIENT_STEPS):
            if size <= 0:
                return
            bend = curvature(direction)
            length = size / (direction * bend).sum()
            self.coefficients = self.coefficients + length * direction
            gradient = gradient - length * bend
            scaled = inverse @ gradient @ prior_covariance
            before, size = size, (gradient * scaled).sum()
            direction = scaled + (size / before) * direction


class VariationalFactorization:
    """Alternates between the users' rows, the items' rows and the noise.

    Parameters
    ----------
    ratings, weights: float tensors, shape (N,)
        Ratings less their mean.
    users, items: Side
    rng: where the items' first factors are drawn from
    """

    def __init__(
        self,
        ratings: Tensor,
        weights: Tensor,
        users: Side,
        items: Side,
        rng: np.random.RandomState,
    ) -> None:
        self._ratings, self._weights = ratings, weights
        self.users, self.items = users, items
        noise = float(torch.var(ratings, correction=0)) or 1.0
        self.users.noise = self.users.noise / (0.75 * noise)
        self.noise_precision = 1.0 / noise
        items.mean = self._first_rows(rng)

    def _first_rows(self, rng: np.random.RandomState) -> Tensor:
        """Damped biases, and the main directions of what they leave of the ratings."""
        users, items = self.users, self.items
        user_bias = self._ratings.new_zeros(len(users.mean))
        for _ in range(3):
            item_bias = items.sums(self._ratings - user_bias[users.ids]) / (items.counts + 3.0)
            user_bias = users.sums(self._ratings - item_bias[items.ids]) / (users.counts + 5.0)
        rest = self._ratings - user_bias[users.ids] - item_bias[items.ids]
        rest = rest / ((users.counts[users.ids] + 5.0) * (items.counts[items.ids] + 3.0)).sqrt()
        place = (users.ids.cpu().numpy(), items.ids.cpu().numpy())
        matrix = sp.csr_matrix((rest.cpu().numpy(), place), (len(users.mean), len(items.mean)))
        rank = min(items.width - 1, *matrix.shape)
        _, values, right = truncated_svd(matrix, rank, int(rng.randint(2**31 - 1)))
        rows = 0.01 * rng.standard_normal(tuple(items.mean.shape))
        scale = FIRST_SCALE * np.sqrt(len(rows)) / max(float(np.linalg.norm(values)), 1e-9)
        rows[:, 1 : rank + 1] += scale * np.sqrt(rank) * values * right.T
        rows[:, 0] = item_bias.cpu().numpy()
        return torch.as_tensor(rows, dtype=rest.dtype, device=rest.device)

    def step(self) -> float:
        """One round over everything. Returns the expected squared error per rating."""
        error = self._half(self.users, self.items)
        self._half(self.items, self.users)
        self.noise_precision = 1.0 / error
        return error

    def _half(self, side: Side, other: Side) -> float:
        weights = self._weights * side.noise[side.ids] * other.noise[other.ids]
        side.update(other, weights, self._ratings)
        side.learn_prior()
        return side.learn_noise()

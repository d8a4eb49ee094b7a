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
import torch
from numpy.typing import NDArray
from torch import Tensor

NOISE_STRENGTH = 20.0
PRIOR_STRENGTH = 5.0
CHUNK = 1 << 16


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
        gram = self._spread_sum(other, weights, products.flatten(1)).view_as(self.covariance)
        target = self._spread_sum(other, weights * ratings, design)
        target -= self._spread_sum(other, weights, design * bias[:, None] + with_bias)
        self.covariance = torch.linalg.inv(self.precision + gram)
        target += self.prior_mean @ self.precision
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
        self.coefficients = inverse @ (features.T @ self.mean)
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
        start: NDArray[np.float64] = 0.3 * rng.standard_normal(tuple(items.mean.shape))
        start[:, 0] = 0.0
        items.mean = torch.as_tensor(start, dtype=ratings.dtype, device=ratings.device)

    def step(self) -> float:
        """One round over everything. Returns the expected squared error per rating."""
        users, items = self.users, self.items
        weights = self._weights * users.noise[users.ids] * items.noise[items.ids]
        users.update(items, weights, self._ratings)
        users.learn_prior()
        items.update(users, weights, self._ratings)
        items.learn_prior()
        return self._learn_noise()

    def _learn_noise(self) -> float:
        users, items = self.users, self.items
        errors = self._weights * self._expected_errors()
        scaled = errors * items.noise[items.ids]
        base = float(scaled.mean())
        users.noise = (users.counts + NOISE_STRENGTH) / (users.sums(scaled) + NOISE_STRENGTH * base)
        self.noise_precision = 1.0 / base
        scaled = errors * users.noise[users.ids]
        base = float(scaled.mean())
        items.noise = (items.counts + NOISE_STRENGTH) / (items.sums(scaled) + NOISE_STRENGTH * base)
        return float(errors.mean())

    def _expected_errors(self) -> Tensor:
        """E[(rating - prediction)²] of each rating, (N,)."""
        users, items = self.users, self.items
        of_users, of_items = users.design, items.design
        parts = []
        for start in range(0, len(self._ratings), CHUNK):
            u, i = users.ids[start : start + CHUNK], items.ids[start : start + CHUNK]
            a, b = of_users[u], of_items[i]
            found = users.mean[u, 0] + items.mean[i, 0] + (a[:, 1:] * b[:, 1:]).sum(1)
            of_user, of_item = users.covariance[u], items.covariance[i]
            variance = ((of_user @ b[:, :, None]).squeeze(2) * b).sum(1)
            variance += ((of_item @ a[:, :, None]).squeeze(2) * a).sum(1)
            variance += (of_user[:, 1:, 1:] * of_item[:, 1:, 1:]).sum((1, 2))
            parts.append((self._ratings[start : start + CHUNK] - found) ** 2 + variance)
        return torch.cat(parts)

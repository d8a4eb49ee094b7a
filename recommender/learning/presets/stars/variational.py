"""Variational Bayes for a matrix factorisation whose rows have learnt Gaussian priors.

Lim & Teh, "Variational Bayesian approach to movie rating prediction" (KDD Cup 2007), with full
covariances as in Bayesian PMF (Salakhutdinov & Mnih, ICML 2008), prior means that are linear in
side information as in Macau (Simm et al., 2017), and a noise level per user and per item. On
sparse data the covariances are what a point estimate lacks: they keep rarely rated items from
being believed.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import groupby

import numpy as np
import scipy.sparse as sp
import torch
from torch import Tensor

from recommender.learning.arrays import Array
from recommender.learning.presets.stars.side_information import truncated_svd

LEAST_ERROR = 1e-6  # square stars: single precision tells no less
NOISE_STRENGTH = 20.0
PRIOR_STRENGTH = 5.0
GRADIENT_STEPS = 8
FIRST_SCALE = 0.3
ROWS_AT_ONCE, OTHERS_AT_ONCE, PRODUCTS_AT_ONCE = 2**14, 2**16, 2**12


@dataclass(frozen=True)
class Meetings:
    """The ratings between some rows and some of the other side's: each one's place among them, by
    ``rows``, which ascend, and ``others``."""

    own: slice
    other: slice
    rows: Tensor
    others: Tensor
    ratings: Tensor
    weights: Tensor | None

    def spread(self, values: Tensor, rows: Tensor, size: int) -> Tensor:
        """Sum ``values`` times the other side's ``rows`` over the ratings of each own row."""
        ends = torch.cumsum(torch.bincount(self.rows, minlength=size), 0)
        starts = torch.cat([ends.new_zeros(1), ends]).to(self.others.dtype)
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", message="Sparse CSR tensor support is in beta")
            matrix = torch.sparse_csr_tensor(
                starts, self.others, values, (size, len(rows)), check_invariants=False
            )
        return matrix @ rows


@dataclass
class Side:
    """The rows of the users or of the items: posterior, prior, and how they meet the ratings.

    Ratings are looked at in cells of some rows and some of the other side's rows, so that what a
    step makes of each rating and each row is never there for all of them.
    """

    ids: Tensor  # (N,) which row each rating belongs to
    features: Tensor  # (n, F)
    blocks: Tensor  # (F,)
    width: int
    mean: Tensor = field(init=False)  # (n, K)
    covariance: Tensor = field(init=False)  # (n, K, K), in single precision
    coefficients: Tensor = field(init=False)  # (F, K)
    precision: Tensor = field(init=False)  # (K, K)
    penalties: Tensor = field(init=False)  # one per block
    noise: Tensor = field(init=False)  # (n,)

    def __post_init__(self) -> None:
        like = self.features
        size, number = self.width, len(like)
        eye = torch.eye(size, dtype=like.dtype, device=like.device)
        self.mean = like.new_zeros(number, size)
        self.covariance = (0.01 * eye).float().repeat(number, 1, 1)
        self.coefficients = like.new_zeros(like.shape[1], size)
        self.precision = 5.0 * max(size - 1, 1) ** 0.5 * eye
        self.precision[0, 0] = 5.0
        self.penalties = like.new_full((int(self.blocks.max()) + 1,), 10.0)
        self.noise = like.new_ones(number)
        self.counts = torch.bincount(self.ids, minlength=number).to(like.dtype)
        self.cells: list[Meetings] = []
        self._products: tuple[slice, tuple[Tensor, Tensor, Tensor]] | None = None
        self._target = like.new_zeros(number, size)
        self._squares = like.new_zeros(number)

    @property
    def prior_mean(self) -> Tensor:
        return self.features @ self.coefficients

    def sums_without(self, bias: Tensor) -> Tensor:
        """The sum of each row's ratings less the other side's ``bias``: (n,)."""
        total = torch.zeros_like(self.noise)
        for cell in self.cells:
            rest = cell.ratings.to(bias.dtype) - bias[cell.other][cell.others]
            total[cell.own].index_add_(0, cell.rows, rest)
        return total

    def update(self, other: Side) -> None:
        """The posterior of every row given the other side's."""
        prior = self.prior_mean @ self.precision
        self._products = other._products = None
        for own, cells in groupby(self.cells, lambda cell: cell.own):
            gram, target, squares = self._evidence(own, list(cells), other)
            self._target[own], self._squares[own] = target, squares
            covariance = torch.linalg.inv(self.precision + gram)
            self.mean[own] = (covariance @ (target + prior[own])[:, :, None]).squeeze(2)
            self.covariance[own] = covariance.float()
        other._products = None

    def _evidence(
        self, own: slice, cells: list[Meetings], other: Side
    ) -> tuple[Tensor, Tensor, Tensor]:
        """What the ratings of some rows say: (b, K, K), (b, K), and the sums of squares (b,)."""
        size, width = len(self.noise[own]), self.width
        first, second = torch.triu_indices(width, width, device=self.mean.device)
        upper = self.mean.new_zeros(size, len(first))
        target, squares = self.mean.new_zeros(size, width), self.mean.new_zeros(size)
        for cell in cells:
            upper_rows, design, with_bias = other.products(cell.other)
            bias = other.mean[cell.other, 0]
            variance = other.covariance[cell.other, 0, 0].to(bias.dtype)
            weights = self.noise[own][cell.rows] * other.noise[cell.other][cell.others]
            if cell.weights is not None:
                weights *= cell.weights
            ratings = cell.ratings.to(weights.dtype)
            upper += cell.spread(weights, upper_rows, size)
            target += cell.spread(weights * ratings, design, size)
            target -= cell.spread(weights, with_bias, size)
            errors = (ratings - bias[cell.others]) ** 2 + variance[cell.others]
            squares.index_add_(0, cell.rows, weights * errors)
        gram = self.mean.new_empty(size, width, width)
        gram[:, first, second] = gram[:, second, first] = upper
        return gram, target, squares

    def products(self, rows: slice) -> tuple[Tensor, Tensor, Tensor]:
        """What some rows are multiplied by in the other side's equations, expected: their
        ``[1, factors]`` with itself, upper triangles (b, K (K + 1) / 2); itself (b, K); and with
        the bias (b, K)."""
        if self._products is not None and self._products[0] == rows:
            return self._products[1]
        mean = self.mean[rows]
        first, second = torch.triu_indices(self.width, self.width, device=mean.device)
        design = mean.clone()
        design[:, 0] = 1.0
        upper = mean.new_empty(len(mean), len(first))
        with_bias = design * mean[:, :1]
        for part in _parts(len(mean), PRODUCTS_AT_ONCE):
            spread = self.covariance[rows][part].to(mean.dtype)
            with_bias[part, 1:] += spread[:, 0, 1:]
            spread[:, 0] = spread[:, :, 0] = 0.0
            spread += design[part, :, None] * design[part, None, :]
            upper[part] = spread[:, first, second]
        self._products = rows, (upper, design, with_bias)
        return upper, design, with_bias

    def _place(self) -> None:
        """The means from the prior and what the ratings said, where the precision is as it was."""
        prior = self.prior_mean @ self.precision
        for own in _parts(len(self.mean), ROWS_AT_ONCE):
            target = (self._target[own] + prior[own])[:, :, None]
            self.mean[own] = (self.covariance[own].to(target.dtype) @ target).squeeze(2)

    def learn_prior(self) -> None:
        """Fit the prior to the posterior: coefficients, ridge penalties and precision."""
        features, number, width = self.features, len(self.mean), self.width
        ridge = self.penalties[self.blocks].clone()
        ridge[0] = 1e-3
        inverse = torch.linalg.inv(features.T @ features + torch.diag(ridge))
        self._solve_coefficients(ridge, inverse)
        self._place()
        self._placed = self.precision, self.prior_mean
        rest = self.mean - self.prior_mean
        scatter = rest.T @ rest
        for own in _parts(number, ROWS_AT_ONCE):
            scatter += self.covariance[own].sum(0, dtype=scatter.dtype)
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
        # Of the ratings' part of a posterior's precision only what the prior leaves is needed.
        precision, prior = self._placed
        pulled = self.mean * (self._target + (self.mean - prior) @ precision)
        errors = self._squares - pulled.sum(1) + self.width
        for own in _parts(len(errors), ROWS_AT_ONCE):
            errors[own] -= (self.covariance[own] * precision.float()).sum((1, 2))
        errors = errors.clamp_min(0.0) / self.noise
        base = max(float(errors.sum() / self.counts.sum()), LEAST_ERROR)
        self.noise = (self.counts + NOISE_STRENGTH) / (errors + NOISE_STRENGTH * base)
        return base

    def _solve_coefficients(self, ridge: Tensor, inverse: Tensor) -> None:
        """The most probable coefficients with the rows integrated out, by conjugate gradients.

        The textbook step regresses the rows' posterior means on the features. Rows with few
        ratings lie near their prior, so that it moves by small steps; this one is preconditioned
        by it and goes much further in as little time.
        """
        precision = self.precision
        prior_covariance = torch.linalg.inv(precision)

        def damped(rows: Tensor) -> Tensor:
            """``rows`` (n, K) times each posterior covariance, then the prior's precision."""
            by_row = torch.empty_like(rows)
            for own in _parts(len(rows), ROWS_AT_ONCE):
                by_row[own] = (self.covariance[own] @ rows[own].float()[:, :, None]).squeeze(2)
            return by_row @ precision

        def curvature(step: Tensor) -> Tensor:
            on_rows = (self.features @ step) @ precision
            on_rows = on_rows - damped(on_rows)
            return self.features.T @ on_rows + ridge[:, None] * step @ precision

        gradient = self.features.T @ damped(self._target) - curvature(self.coefficients)
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


def meet(users: Side, items: Side, ratings: Tensor, weights: Tensor | None) -> None:
    """Lay out the ``ratings`` (N,) for each side, cell by cell; ``weights`` None are all 1."""
    for side, other in ((users, items), (items, users)):
        across = -(-len(other.mean) // OTHERS_AT_ONCE)
        place = side.ids.div(ROWS_AT_ONCE, rounding_mode="floor").to(torch.int64) * across
        place += other.ids.div(OTHERS_AT_ONCE, rounding_mode="floor")
        sizes = torch.bincount(place, minlength=across).tolist()
        order = torch.argsort(place * ROWS_AT_ONCE + side.ids % ROWS_AT_ONCE, stable=True)
        del place
        side.cells, start = [], 0
        for number, size in enumerate(sizes):
            own, beside = divmod(number, across)
            at = order[start : start + size]
            start += size
            first, first_other = own * ROWS_AT_ONCE, beside * OTHERS_AT_ONCE
            side.cells.append(
                Meetings(
                    own=slice(first, first + ROWS_AT_ONCE),
                    other=slice(first_other, first_other + OTHERS_AT_ONCE),
                    rows=side.ids[at] - first,
                    others=other.ids[at] - first_other,
                    ratings=ratings[at],
                    weights=None if weights is None else weights[at],
                )
            )


def _parts(number: int, at_once: int) -> Iterator[slice]:
    return (slice(start, start + at_once) for start in range(0, number, at_once))


class VariationalFactorization:
    """Alternates between the users' rows, the items' rows and the noise.

    Parameters
    ----------
    ratings, weights: float tensors, shape (N,)
        Ratings less their mean; weights None are all 1.
    users, items: Side
    rng: where the items' first factors are drawn from
    """

    def __init__(
        self,
        ratings: Tensor,
        weights: Tensor | None,
        users: Side,
        items: Side,
        rng: np.random.RandomState,
    ) -> None:
        self.users, self.items = users, items
        noise = float(torch.var(ratings.to(users.mean.dtype), correction=0)) or 1.0
        self.users.noise = self.users.noise / (0.75 * noise)
        self.noise_precision = 1.0 / noise
        meet(users, items, ratings, weights)
        items.mean = self._first_rows(rng)

    def _first_rows(self, rng: np.random.RandomState) -> Tensor:
        """Damped biases, and the main directions of what they leave of the ratings."""
        users, items = self.users, self.items
        user_bias = torch.zeros_like(users.noise)
        for _ in range(3):
            item_bias = items.sums_without(user_bias) / (items.counts + 3.0)
            user_bias = users.sums_without(item_bias) / (users.counts + 5.0)
        parts = self._rest(item_bias, user_bias)
        rows, columns, rest = (np.concatenate(part) for part in zip(*parts, strict=True))
        matrix = sp.csr_matrix((rest, (rows, columns)), (len(users.mean), len(items.mean)))
        del rows, columns, rest
        rank = min(items.width - 1, *matrix.shape)
        _, values, right = truncated_svd(matrix, rank, int(rng.randint(2**31 - 1)))
        rows = 0.01 * rng.standard_normal(tuple(items.mean.shape))
        scale = FIRST_SCALE * np.sqrt(len(rows)) / max(float(np.linalg.norm(values)), 1e-9)
        rows[:, 1 : rank + 1] += scale * np.sqrt(rank) * values * right.T
        rows[:, 0] = item_bias.cpu().numpy()
        return torch.as_tensor(rows, dtype=items.mean.dtype, device=items.mean.device)

    def _rest(self, item_bias: Tensor, user_bias: Tensor) -> Iterator[tuple[Array, Array, Array]]:
        """Users, items and what biases leave of the ratings, damped, cell by cell."""
        damped = (self.users.counts + 5.0).sqrt(), (self.items.counts + 3.0).sqrt()
        for cell in self.users.cells:
            users, items = cell.rows + cell.own.start, cell.others + cell.other.start
            rest = cell.ratings - user_bias[users] - item_bias[items]
            rest = rest / (damped[0][users] * damped[1][items])
            yield users.cpu().numpy(), items.cpu().numpy(), rest.cpu().numpy()

    def step(self) -> float:
        """One round over everything. Returns the expected squared error per rating."""
        error = self._half(self.users, self.items)
        self._half(self.items, self.users)
        self.noise_precision = 1.0 / error
        return error

    def _half(self, side: Side, other: Side) -> float:
        side.update(other)
        side.learn_prior()
        return side.learn_noise()

"""The users or the items of a variational fit: what is believed of each row, and its prior.

See :mod:`recommender.learning.presets.stars.variational`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import groupby

import torch
from torch import Tensor

from recommender.learning.presets.stars.cells import Cell

LEAST_ERROR = 1e-6  # square stars: single precision tells no less
NOISE_STRENGTH = 20.0
PRIOR_STRENGTH = 5.0
GRADIENT_STEPS = 8
PRODUCTS_AT_ONCE = 2**12


@dataclass
class Side:
    """The rows of the users or of the items: posterior, prior, and how they meet the ratings.

    Ratings are looked at in cells of some rows and some of the other side's rows, so that what a
    step makes of each rating and each row is never there for all of them. Of a row only the
    posterior stays: its mean, and one half of its covariance in single precision.
    """

    features: Tensor  # (n, F)
    blocks: Tensor  # (F,)
    counts: Tensor  # (n,) the ratings of each row, at least one
    width: int
    cells: list[Cell]  # in the order of the rows
    mean: Tensor = field(init=False)  # (n, K)
    covariances: Tensor = field(init=False)  # (n, K (K + 1) / 2), upper triangles, float32
    coefficients: Tensor = field(init=False)  # (F, K)
    precision: Tensor = field(init=False)  # (K, K)
    penalties: Tensor = field(init=False)  # one per block
    noise: Tensor = field(init=False)  # (n,)

    def __post_init__(self) -> None:
        like = self.features
        size, number = self.width, len(like)
        eye = torch.eye(size, dtype=like.dtype, device=like.device)
        self.first, self.second = torch.triu_indices(size, size, device=like.device)
        places = self.first.new_empty(size, size)
        places[self.first, self.second] = torch.arange(len(self.first), device=like.device)
        places[self.second, self.first] = places[self.first, self.second]
        self._places = places.reshape(-1)  # in a packed row, of each number of a whole matrix
        self.mean = like.new_zeros(number, size)
        self.covariances = (0.01 * eye)[self.first, self.second].float().repeat(number, 1)
        self.coefficients = like.new_zeros(like.shape[1], size)
        self.precision = 5.0 * max(size - 1, 1) ** 0.5 * eye
        self.precision[0, 0] = 5.0
        self.penalties = like.new_full((int(self.blocks.max()) + 1,), 10.0)
        self.noise = like.new_ones(number)
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
            upper, target, squares = self._evidence(own, list(cells), other)
            self._target[own], self._squares[own] = target, squares
            target += prior[own]
            for part in _parts(len(upper), PRODUCTS_AT_ONCE):
                rows = slice(own.start + part.start, min(own.start + part.stop, own.stop))
                covariance = torch.linalg.inv(self.unpacked(upper[part]).add_(self.precision))
                self.mean[rows] = (covariance @ target[part][:, :, None]).squeeze(2)
                self.covariances[rows] = covariance[:, self.first, self.second].float()
        other._products = None
        self._placed = self.precision, self.prior_mean

    def _evidence(
        self, own: slice, cells: list[Cell], other: Side
    ) -> tuple[Tensor, Tensor, Tensor]:
        """What the ratings of some rows say: upper triangles (b, K (K + 1) / 2), (b, K), and the
        sums of squares (b,)."""
        size, width = len(self.noise[own]), self.width
        upper = self.mean.new_zeros(size, len(self.first))
        target, squares = self.mean.new_zeros(size, width), self.mean.new_zeros(size)
        for cell in cells:
            upper_rows, design, with_bias = other.products(cell.other)
            rows, bias = cell.rows, other.mean[cell.other, 0]
            variance = other.covariances[cell.other, 0].to(bias.dtype)
            weights = self.noise[own][rows] * other.noise[cell.other][cell.others]
            if cell.weights is not None:
                weights *= cell.weights
            ratings = cell.ratings.to(weights.dtype)
            upper += cell.spread(weights, upper_rows)
            target += cell.spread(weights * ratings, design)
            target -= cell.spread(weights, with_bias)
            errors = (ratings - bias[cell.others]) ** 2 + variance[cell.others]
            squares.index_add_(0, rows, weights * errors)
        return upper, target, squares

    def products(self, rows: slice) -> tuple[Tensor, Tensor, Tensor]:
        """What some rows are multiplied by in the other side's equations, expected: their
        ``[1, factors]`` with itself, upper triangles (b, K (K + 1) / 2); itself (b, K); and with
        the bias (b, K)."""
        if self._products is not None and self._products[0] == rows:
            return self._products[1]
        self._products = None
        mean, width = self.mean[rows], self.width
        design = mean.clone()
        design[:, 0] = 1.0
        upper = self.covariances[rows].to(mean.dtype)
        with_bias = design * mean[:, :1]
        with_bias[:, 1:] += upper[:, 1:width]
        upper[:, :width] = 0.0
        for part in _parts(len(mean), PRODUCTS_AT_ONCE):
            upper[part] += design[part][:, self.first] * design[part][:, self.second]
        self._products = rows, (upper, design, with_bias)
        return upper, design, with_bias

    def unpacked(self, upper: Tensor) -> Tensor:
        """Symmetric matrices (b, K, K) from their upper triangles (b, K (K + 1) / 2)."""
        return upper.index_select(1, self._places).view(-1, self.width, self.width)

    def _place(self) -> None:
        """The means from the prior and what the ratings said, where the precision is as it was."""
        prior = self.prior_mean @ self.precision
        for own in _parts(len(self.mean), PRODUCTS_AT_ONCE):
            target = (self._target[own] + prior[own])[:, :, None]
            covariance = self.unpacked(self.covariances[own]).to(target.dtype)
            self.mean[own] = (covariance @ target).squeeze(2)

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
        scatter += self.unpacked(self.covariances.sum(0, dtype=rest.dtype)[None])[0]
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
        twice = torch.where(self.first == self.second, 1.0, 2.0)
        errors -= self.covariances @ (twice * precision[self.first, self.second]).float()
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
            for own in _parts(len(rows), PRODUCTS_AT_ONCE):
                covariance = self.unpacked(self.covariances[own])
                by_row[own] = (covariance @ rows[own].float()[:, :, None]).squeeze(2)
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


def _parts(number: int, at_once: int) -> Iterator[slice]:
    return (slice(start, start + at_once) for start in range(0, number, at_once))

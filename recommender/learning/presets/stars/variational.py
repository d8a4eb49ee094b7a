"""Variational Bayes for a matrix factorisation whose rows have learnt Gaussian priors.

Lim & Teh, "Variational Bayesian approach to movie rating prediction" (KDD Cup 2007), with full
covariances as in Bayesian PMF (Salakhutdinov & Mnih, ICML 2008), prior means that are linear in
side information as in Macau (Simm et al., 2017), and a noise level per user and per item. On
sparse data the covariances are what a point estimate lacks: they keep rarely rated items from
being believed.
"""

from __future__ import annotations

from itertools import groupby

import numpy as np
import scipy.sparse as sp
import torch
from torch import Tensor

from recommender.learning.presets.stars.side import Side
from recommender.learning.presets.stars.side_information import truncated_svd

FIRST_SCALE = 0.3


class VariationalFactorization:
    """Alternates between the users' rows, the items' rows and the noise.

    Parameters
    ----------
    users, items: Side
        Whose cells have the same ratings, less their mean.
    variance: float
        That of the ratings.
    """

    def __init__(self, users: Side, items: Side, variance: float) -> None:
        self.users, self.items = users, items
        variance = variance or 1.0
        self.users.noise = self.users.noise / (0.75 * variance)
        self.noise_precision = 1.0 / variance

    def release(self) -> None:
        """Forget the ratings, and how certain the users are: what no export needs."""
        for side in (self.users, self.items):
            side.cells = []
        self.users.covariances = self.users.covariances[:0]

    def draw_items(self, rng: np.random.RandomState) -> None:
        """The items' first rows: damped biases, and the main directions of what they leave."""
        users, items = self.users, self.items
        user_bias = torch.zeros_like(users.noise)
        for _ in range(3):
            item_bias = items.sums_without(user_bias) / (items.counts + 3.0)
            user_bias = users.sums_without(item_bias) / (users.counts + 5.0)
        matrix = self._rest(item_bias, user_bias)
        rank = min(items.width - 1, *matrix.shape)
        _, values, right = truncated_svd(matrix, rank, int(rng.randint(2**31 - 1)))
        rows = 0.01 * rng.standard_normal(tuple(items.mean.shape))
        scale = FIRST_SCALE * np.sqrt(len(rows)) / max(float(np.linalg.norm(values)), 1e-9)
        rows[:, 1 : rank + 1] += scale * np.sqrt(rank) * values * right.T
        rows[:, 0] = item_bias.cpu().numpy()
        items.mean = torch.as_tensor(rows, dtype=items.mean.dtype, device=items.mean.device)

    def _rest(self, item_bias: Tensor, user_bias: Tensor) -> sp.csr_matrix:
        """What biases leave of the ratings (users, items), damped; filled in block by block."""
        ends = np.concatenate([[0], np.cumsum(self.users.counts.cpu().numpy().astype(np.int64))])
        columns, values = np.empty(ends[-1], np.int32), np.empty(ends[-1])
        damped = (self.users.counts + 5.0).sqrt(), (self.items.counts + 3.0).sqrt()
        for own, cells in groupby(self.users.cells, lambda cell: cell.own):
            parts = []
            for cell in cells:
                users, items = cell.rows + own.start, cell.others + cell.other.start
                rest = cell.ratings - user_bias[users] - item_bias[items]
                rest = rest / (damped[0][users] * damped[1][items])
                parts.append([part.cpu().numpy() for part in (users, items, rest)])
            by_cell = (np.concatenate(part) for part in zip(*parts, strict=True))
            rows, columns_here, values_here = by_cell
            order, within = np.argsort(rows, kind="stable"), slice(ends[own.start], ends[own.stop])
            columns[within], values[within] = columns_here[order], values_here[order]
        matrix = sp.csr_matrix((values, columns, ends), (len(ends) - 1, len(self.items.mean)))
        matrix.sum_duplicates()
        return matrix

    def step(self, *, learn_priors: bool = True) -> float:
        """One round over everything. Returns the expected squared error per rating."""
        error = self._half(self.users, self.items, learn_priors)
        self._half(self.items, self.users, learn_priors)
        self.noise_precision = 1.0 / error
        return error

    def _half(self, side: Side, other: Side, learn_prior: bool) -> float:
        side.update(other)
        if learn_prior:
            side.learn_prior()
        return side.learn_noise()

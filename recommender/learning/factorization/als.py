"""Choices, predicted by alternating least squares over the whole matrix."""

from __future__ import annotations

import time
from typing import Any, Self

import numpy as np
import scipy.sparse as sp
import torch
from numpy.typing import ArrayLike, NDArray
from torch import Tensor, nn

from recommender.learning.arrays import IntArray
from recommender.learning.engine.devices import seeded
from recommender.learning.engine.persistence import fingerprint
from recommender.learning.engine.training import Epoch
from recommender.learning.factorization.base import FactorizationModel
from recommender.learning.factorization.representations import BilinearNet
from recommender.learning.foldin import Prior
from recommender.learning.interactions import Interactions
from recommender.learning.progress import Progress, ProgressCallback, Reporter
from recommender.learning.validation import SeedLike, as_floats, check_positive

_ENTRIES_AT_ONCE = 2**15


class ImplicitALSModel(FactorizationModel):
    """Weighted factorization of the whole matrix of choices, each side solved in closed form.

    Minimises ``sum_chosen w (1 - x.y)^2 + unobserved_weight sum_all (x.y)^2`` and a ridge penalty
    of ``l2`` per row, scaled with what the row is fitted to. Hu, Koren and Volinsky,
    "Collaborative filtering for implicit feedback datasets", ICDM 2008, with the regularisation
    of Rendle et al., "Revisiting the performance of iALS", RecSys 2022.

    Parameters
    ----------
    embedding_dim: int
    n_iter: int
        Sweeps over users and items per fit.
    l2: float
    unobserved_weight: float
        What a pair that was not chosen weighs, against 1 for one that was.
    use_cuda, random_state, device:
        As in :class:`recommender.learning.factorization.explicit.ExplicitFactorizationModel`.

    Raises
    ------
    ValueError
        Naming the argument and the value.
    """

    losses = ("ials",)

    def __init__(
        self,
        embedding_dim: int = 64,
        n_iter: int = 15,
        l2: float = 0.003,
        unobserved_weight: float = 1.0,
        use_cuda: bool = False,
        random_state: SeedLike = None,
        *,
        representation: nn.Module | None = None,
        device: str = "auto",
    ) -> None:
        check_positive("unobserved_weight", unobserved_weight)
        check_positive("l2", l2)
        super().__init__(
            representation=representation,
            loss="ials",
            embedding_dim=embedding_dim,
            n_iter=n_iter,
            batch_size=1,
            l2=l2,
            learning_rate=1.0,
            optimizer_func=None,
            use_cuda=use_cuda,
            sparse=False,
            random_state=random_state,
            device=device,
        )
        self._unobserved_weight = unobserved_weight

    def fit(
        self,
        interactions: Interactions,
        verbose: bool = False,
        *,
        progress: ProgressCallback | None = None,
    ) -> Self:
        """Learn from ``interactions`` and their weights; fitting again continues.

        Raises ``ValueError`` when there is nothing to learn from, or when fewer users or items
        are declared than before.
        """
        if len(interactions) == 0:
            raise ValueError("interactions must not be empty, got 0 of them")
        interactions.check()
        with seeded(self._random_state, self._device):
            net = self._prepare(interactions)
        users, items = (table.get_parameter("weight").data for table in net.tables())
        by_user = _choices(interactions)
        by_item = by_user.T.tocsr()
        reporter = Reporter(progress)
        self.history = []
        for epoch in range(self._n_iter):
            started = time.monotonic()
            self._sweep(by_user, users, items)
            loss = self._sweep(by_item, items, users)
            seconds = time.monotonic() - started
            self.history.append(Epoch(epoch=epoch + 1, loss=loss, seconds=seconds))
            reporter.report(
                Progress(
                    phase="fit",
                    epoch=epoch + 1,
                    epochs=self._n_iter,
                    loss=loss,
                    examples_per_second=len(interactions) / max(seconds, 1e-9),
                )
            )
            if verbose:
                print(f"Epoch {epoch}: loss {loss}")
        self._data_fingerprint = fingerprint(interactions)
        return self

    def _new_net(self, interactions: Interactions) -> BilinearNet:
        return BilinearNet(interactions.num_users, interactions.num_items, self._embedding_dim)

    def _prepare(self, interactions: Interactions) -> BilinearNet:
        net = super()._prepare(interactions)
        if not isinstance(net, BilinearNet):
            raise ValueError(f"representation must be a BilinearNet, got {net!r}")
        return net

    def _link(self, scores: Tensor) -> Tensor:
        return scores

    def _settings(self) -> dict[str, Any]:
        return {
            "embedding_dim": self._embedding_dim,
            "n_iter": self._n_iter,
            "l2": self._l2,
            "unobserved_weight": self._unobserved_weight,
        }

    @torch.no_grad()
    def _sweep(self, choices: sp.csr_matrix, rows: Tensor, columns: Tensor) -> float:
        """Solve ``rows`` in place given ``columns``; returns the mean squared miss of a choice."""
        # In the directions of the Gram matrix, what all columns add to a row's system is diagonal.
        strengths, directions = torch.linalg.eigh(self._unobserved_weight * columns.T @ columns)
        turned = columns @ directions
        counts = np.diff(choices.indptr)
        order = np.argsort(counts, kind="stable")
        missed, start = 0.0, 0
        while start < len(order):
            # Rows of like length go together, so that little of a batch is padding.
            rest = counts[order[start:]]
            padded = (np.arange(len(rest)) + 1) * np.maximum(rest, 1)
            stop = start + max(1, int(np.searchsorted(padded, _ENTRIES_AT_ONCE, side="right")))
            missed += self._solve_rows(choices, order[start:stop], strengths, rows, turned)
            start = stop
        rows.copy_(rows @ directions.T)
        return missed / max(choices.nnz, 1)

    def _solve_rows(
        self,
        choices: sp.csr_matrix,
        batch: NDArray[np.int64],
        strengths: Tensor,
        rows: Tensor,
        columns: Tensor,
    ) -> float:
        starts, counts = choices.indptr[batch], np.diff(choices.indptr)[batch]
        width = max(int(counts.max()), 1)
        places = np.arange(width)
        real = places < counts[:, None]
        entries = np.where(real, starts[:, None] + places, 0)
        device = rows.device
        ids = torch.as_tensor(choices.indices[entries].astype(np.int64), device=device)
        weights = torch.as_tensor(
            np.where(real, choices.data[entries], 0).astype(np.float32), device=device
        )
        totals = torch.as_tensor(counts.astype(np.float32), device=device)
        penalty = self._l2 * (totals + self._unobserved_weight * len(columns))
        met = columns[ids]  # (n, width, dim)
        solved = _solve_systems(met, weights, strengths + penalty.unsqueeze(1))
        rows[torch.as_tensor(batch, device=device)] = solved
        misses = 1 - (met @ solved.unsqueeze(-1)).squeeze(-1)
        return float((weights * misses**2).sum())

    def _solve(
        self,
        design: NDArray[np.float64],
        item_biases: NDArray[np.float64],
        chosen: IntArray,
        ratings: ArrayLike | None,
        prior: Prior,
    ) -> NDArray[np.float64]:
        """The row that a sweep would give this user: exact, with ``ratings`` as weights."""
        weights = np.ones(len(chosen)) if ratings is None else as_floats("ratings", ratings)
        if len(weights) != len(chosen):
            raise ValueError(f"ratings must have length {len(chosen)}, got {len(weights)}")
        items = design[:, :-1]  # Without the column of the bias, which is not fitted here.
        met = items[chosen]
        penalty = self._l2 * (len(chosen) + self._unobserved_weight * len(items))
        curvature = (met * weights[:, None]).T @ met + penalty * np.eye(items.shape[1])
        curvature += self._unobserved_weight * items.T @ items
        return np.append(np.linalg.solve(curvature, weights @ met), 0.0)


def _choices(interactions: Interactions) -> sp.csr_matrix:
    """What each user chose (num_users, num_items), with weights; a repeated pair adds up."""
    weights = interactions.weights
    values = np.ones(len(interactions), np.float32) if weights is None else weights
    shape = (interactions.num_users, interactions.num_items)
    matrix = sp.coo_matrix((values, (interactions.user_ids, interactions.item_ids)), shape=shape)
    return matrix.tocsr()


def _solve_systems(met: Tensor, weights: Tensor, diagonals: Tensor) -> Tensor:
    """The x (n, dim) that minimise ``sum weights (1 - met @ x)^2 + sum diagonals x^2``.

    ``met`` has shape (n, width, dim), ``weights`` (n, width). Whichever is smaller is solved: a
    system with an unknown per dimension, or its dual (Woodbury) with one per choice. Most items
    were chosen only a few times.
    """
    roots = weights.sqrt()
    rooted = met * roots.unsqueeze(-1)
    width, dim = met.shape[1:]
    if width >= dim:
        curvature = rooted.transpose(1, 2) @ rooted
        curvature.diagonal(dim1=1, dim2=2).add_(diagonals)
        towards = rooted.transpose(1, 2) @ roots.unsqueeze(-1)
        return torch.cholesky_solve(towards, torch.linalg.cholesky(curvature)).squeeze(-1)
    spread = rooted / diagonals.unsqueeze(1)
    dual = spread @ rooted.transpose(1, 2)
    dual.diagonal(dim1=1, dim2=2).add_(1.0)
    shares = torch.cholesky_solve(roots.unsqueeze(-1), torch.linalg.cholesky(dual))
    return (spread.transpose(1, 2) @ shares).squeeze(-1)

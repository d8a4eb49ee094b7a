"""Ratings, predicted by factorization."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray
from torch import Tensor, nn

from recommender.learning.arrays import IntArray
from recommender.learning.engine.optimizers import OptimizerFunc
from recommender.learning.engine.training import BatchLoss
from recommender.learning.factorization.descent import DescentModel
from recommender.learning.factorization.examples import Examples
from recommender.learning.foldin import Link, Prior, solve_user
from recommender.learning.interactions import Interactions
from recommender.learning.losses import logistic_loss, poisson_loss, regression_loss
from recommender.learning.validation import SeedLike, as_floats

_LINKS: dict[str, Link] = {"regression": "identity", "poisson": "log", "logistic": "logit"}


class ExplicitFactorizationModel(DescentModel):
    """Factorization of ratings (Koren, Bell and Volinsky, IEEE Computer 2009).

    Parameters
    ----------
    loss: 'regression', 'poisson' or 'logistic'
        For ratings on a scale, for counts, and for likes (1) and dislikes (0 or -1); predictions
        are ratings, expected counts and probabilities.
    embedding_dim: int
        Length of the users' and items' vectors.
    n_iter: int
        Epochs per fit.
    batch_size: int
    l2: float
        Weight decay.
    learning_rate: float
    optimizer_func: callable, optional
        Takes the parameters, returns a torch optimizer. Adam when not given, with its sparse form
        for sparse tables.
    use_cuda: bool
        Insist on CUDA: raise ``ValueError`` where there is none.
    representation: module, optional
        Takes user and item ids, gives scores. A :class:`BilinearNet` when not given.
    sparse: bool
        Sparse gradients: faster on large catalogs.
    random_state: int or numpy RandomState, optional
        The same seed gives the same model, exactly, on one CPU.
    device: 'auto', 'cpu' or 'cuda'
        'auto' is CUDA where there is one.
    amp, compile: bool
        On CUDA, compute in bfloat16, and through ``torch.compile``.
    device_memory: float, optional
        Bytes of the device's memory that the training set may fill: half of what is free when
        not given. A larger training set stays in the host's memory, and is copied by batches.

    Raises
    ------
    ValueError
        Naming the argument and the value.
    """

    losses = tuple(_LINKS)

    def __init__(
        self,
        loss: str = "regression",
        embedding_dim: int = 32,
        n_iter: int = 10,
        batch_size: int = 256,
        l2: float = 0.0,
        learning_rate: float = 1e-2,
        optimizer_func: OptimizerFunc | None = None,
        use_cuda: bool = False,
        representation: nn.Module | None = None,
        sparse: bool = False,
        random_state: SeedLike = None,
        *,
        device: str = "auto",
        amp: bool = False,
        compile: bool = False,
        device_memory: float | None = None,
    ) -> None:
        super().__init__(
            loss=loss,
            embedding_dim=embedding_dim,
            n_iter=n_iter,
            batch_size=batch_size,
            l2=l2,
            learning_rate=learning_rate,
            optimizer_func=optimizer_func,
            use_cuda=use_cuda,
            representation=representation,
            sparse=sparse,
            random_state=random_state,
            device=device,
            amp=amp,
            compile=compile,
            device_memory=device_memory,
        )

    def _settings(self) -> dict[str, object]:
        settings = super()._settings()
        del settings["num_negative_samples"]
        return settings

    def _check(self, interactions: Interactions) -> None:
        ratings = interactions.ratings
        if ratings is None:
            raise ValueError("interactions.ratings must be given to learn ratings, got None")
        if self._loss == "poisson" and ratings.min() < 0:
            raise ValueError(f"ratings must not be negative for poisson, got {ratings.min()}")

    def _batch_loss(
        self, net: nn.Module, examples: Examples, interactions: Interactions
    ) -> BatchLoss:
        losses = {
            "regression": regression_loss,
            "poisson": poisson_loss,
            "logistic": logistic_loss,
        }
        loss = losses[self._loss]

        def batch_loss(batch: Tensor) -> Tensor:
            part = examples.at(batch)
            scores = part.scores(net)
            predictions = scores.exp() if self._loss == "poisson" else scores
            return loss(part.rated, predictions, part.weights)

        return batch_loss

    def _link(self, scores: Tensor) -> Tensor:
        if self._loss == "poisson":
            return scores.exp()
        return scores.sigmoid() if self._loss == "logistic" else scores

    @torch.no_grad()
    def _summarise(self, net: nn.Module, examples: Examples) -> dict[str, float]:
        if self._loss != "regression":
            return {"noise": 1.0}  # The link gives counts and likes their own noise.
        return {"noise": float((examples.residuals_in_parts(net, 2**20) ** 2).mean())}

    def _solve(
        self,
        design: NDArray[np.float64],
        item_biases: NDArray[np.float64],
        chosen: IntArray,
        ratings: ArrayLike | None,
        prior: Prior,
    ) -> NDArray[np.float64]:
        if ratings is None:
            raise ValueError("ratings must be given to fold in a user of ratings, got None")
        targets = as_floats("ratings", ratings)
        if targets.shape != chosen.shape:
            raise ValueError(
                f"ratings must have shape {chosen.shape}, as item_ids has, got {targets.shape}"
            )
        return solve_user(
            design[chosen],
            targets.astype(float),
            item_biases[chosen],
            prior,
            link=_LINKS[self._loss],
        )

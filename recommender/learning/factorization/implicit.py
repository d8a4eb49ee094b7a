"""Choices, predicted by factorization."""

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
from recommender.learning.factorization.representations import BilinearNet
from recommender.learning.foldin import Prior, solve_user
from recommender.learning.interactions import Interactions
from recommender.learning.losses import (
    adaptive_hinge_loss,
    bpr_loss,
    hinge_loss,
    pointwise_loss,
    softmax_loss,
    warp_loss,
)
from recommender.learning.sampling import NegativeSampler, hardest
from recommender.learning.validation import SeedLike

_PAIRWISE = {"pointwise": pointwise_loss, "bpr": bpr_loss, "hinge": hinge_loss}


class ImplicitFactorizationModel(DescentModel):
    """Factorization of choices, ranked against items that the user did not choose.

    Negatives are drawn uniformly from the items that the user has not chosen in the data. Where
    the data has item features, items that nobody has chosen are not drawn either: nothing is
    known against them, and they are scored by their features.

    Parameters
    ----------
    loss: str
        'pointwise', 'bpr', 'hinge', 'adaptive_hinge', 'warp' or 'softmax'; see
        :mod:`recommender.learning.losses`.
    num_negative_samples: int
        Negatives per choice for 'adaptive_hinge' and 'warp'.

    The other parameters are those of :class:`ExplicitFactorizationModel`.
    """

    losses = (*_PAIRWISE, "adaptive_hinge", "warp", "softmax")

    def __init__(
        self,
        loss: str = "pointwise",
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
        num_negative_samples: int = 5,
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
            num_negative_samples=num_negative_samples,
            device=device,
            amp=amp,
            compile=compile,
            device_memory=device_memory,
        )

    def _check(self, interactions: Interactions) -> None:
        net = self._representation
        if self._loss == "softmax" and net is not None and not isinstance(net, BilinearNet):
            raise ValueError(
                "representation must be a BilinearNet for loss 'softmax', which scores all items "
                f"at once, got {net!r}"
            )

    def _batch_loss(
        self, net: nn.Module, examples: Examples, interactions: Interactions
    ) -> BatchLoss:
        if self._loss == "softmax" and isinstance(net, BilinearNet):

            def all_items(batch: Tensor) -> Tensor:
                part = examples.at(batch)
                logits = net.score_all(part.users, part.context)
                return softmax_loss(logits, part.items, weights=part.weights)

            return all_items

        sampler = self._sampler(examples, interactions)
        if self._loss in _PAIRWISE:
            pairwise = _PAIRWISE[self._loss]

            def one_negative(batch: Tensor) -> Tensor:
                part = examples.at(batch)
                negatives = part.scores(net, sampler.sample(part.users))
                return pairwise(part.scores(net), negatives, weights=part.weights)

            return one_negative

        def several_negatives(batch: Tensor) -> Tensor:
            part = examples.at(batch)
            drawn = sampler.sample(part.users, (self._num_negative_samples,))
            if self._loss == "adaptive_hinge":
                drawn = hardest(drawn, lambda items: part.scores(net, items))
            positives, negatives = part.scores(net), part.scores(net, drawn).T
            if self._loss == "warp":
                return warp_loss(positives, negatives, self._num_items, weights=part.weights)
            return adaptive_hinge_loss(positives, negatives, weights=part.weights)

        return several_negatives

    def _sampler(self, examples: Examples, interactions: Interactions) -> NegativeSampler:
        never = None
        if interactions.item_features is not None:
            counts = torch.bincount(examples.items, minlength=interactions.num_items)
            never = (counts == 0).nonzero().squeeze(1)
        return NegativeSampler(
            examples.users,
            examples.items,
            interactions.num_users,
            interactions.num_items,
            never=never,
        )

    def _link(self, scores: Tensor) -> Tensor:
        return scores

    @torch.no_grad()
    def _summarise(self, net: nn.Module, examples: Examples) -> dict[str, float]:
        scores = examples.scores_in_parts(net, 2**20)
        return {"noise": float(scores.var(unbiased=False)), "choice_score": float(scores.mean())}

    def _solve(
        self,
        design: NDArray[np.float64],
        item_biases: NDArray[np.float64],
        chosen: IntArray,
        ratings: ArrayLike | None,
        prior: Prior,
    ) -> NDArray[np.float64]:
        """Score the chosen items as choices usually are, and move the others as little as can be.

        Moving all others counts as much as one chosen item does.
        """
        targets = np.full(len(chosen), self._statistics["choice_score"])
        background = design.T @ design / len(design)
        return solve_user(
            design[chosen], targets, item_biases[chosen], prior, background=background
        )

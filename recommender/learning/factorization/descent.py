"""Factorization models that are fitted by stochastic gradient descent."""

from __future__ import annotations

from abc import abstractmethod
from typing import Self

from torch import nn

from recommender.learning.engine.devices import seeded
from recommender.learning.engine.training import BatchLoss, EarlyStopping
from recommender.learning.factorization.base import FactorizationModel
from recommender.learning.factorization.examples import Examples
from recommender.learning.interactions import Interactions
from recommender.learning.progress import ProgressCallback


class DescentModel(FactorizationModel):
    """Base of :class:`ExplicitFactorizationModel` and :class:`ImplicitFactorizationModel`."""

    def fit(
        self,
        interactions: Interactions,
        verbose: bool = False,
        *,
        progress: ProgressCallback | None = None,
        early_stopping: EarlyStopping | None = None,
    ) -> Self:
        """Learn from ``interactions`` for ``n_iter`` epochs; fitting again continues.

        More users or items than before are welcome: those that are known keep what was learned.
        ``verbose`` prints each epoch's loss; ``history`` holds the epochs of the last fit.

        Raises ``ValueError`` when there is nothing to learn from, when fewer users or items are
        declared than before, or when the loss is no longer finite. An exception that ``progress``
        raises stops the fit.
        """
        if len(interactions) == 0:
            raise ValueError("interactions must not be empty, got 0 of them")
        interactions.check()
        self._check(interactions)
        with seeded(self._random_state, self._device):
            net = self._prepare(interactions)
            examples = Examples.of(interactions, self._device, self._device_memory)
            batch_loss = self._batch_loss(net, examples, interactions)
            self._train(interactions, batch_loss, verbose, progress, early_stopping)
            self._statistics = self._summarise(net, examples)
        return self

    @abstractmethod
    def _check(self, interactions: Interactions) -> None:
        """Raise ``ValueError`` for data that the loss cannot use."""

    @abstractmethod
    def _batch_loss(
        self, net: nn.Module, examples: Examples, interactions: Interactions
    ) -> BatchLoss:
        """The loss of a batch of ``examples``."""

    @abstractmethod
    def _summarise(self, net: nn.Module, examples: Examples) -> dict[str, float]:
        """What a fold-in needs to know of the fit: at least the ``noise`` variance of a score."""

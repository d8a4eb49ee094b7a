"""What every gradient-trained model shares: settings, devices, the fit, and its place on disk."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray
from torch import Tensor, nn

from recommender.learning.artifact import StrPath
from recommender.learning.description import Described
from recommender.learning.engine.devices import choose_device
from recommender.learning.engine.distributed import is_first
from recommender.learning.engine.optimizers import SCHEDULES, OptimizerFunc, make_optimizer
from recommender.learning.engine.persistence import fingerprint, save_net
from recommender.learning.engine.training import BatchLoss, EarlyStopping, Epoch, Training
from recommender.learning.interactions import PADDING_ITEM, Interactions, SequenceInteractions
from recommender.learning.progress import ProgressCallback
from recommender.learning.validation import (
    SeedLike,
    as_ids,
    as_random_state,
    check_choice,
    check_not_negative,
    check_positive,
)


class Estimator(Described):
    """Base of the models that torch trains; its parameters are described at each of them."""

    losses: tuple[str, ...] = ()

    def __init__(
        self,
        *,
        loss: str,
        embedding_dim: int,
        n_iter: int,
        batch_size: int,
        l2: float,
        learning_rate: float,
        optimizer_func: OptimizerFunc | None,
        use_cuda: bool,
        sparse: bool,
        random_state: SeedLike,
        num_negative_samples: int = 5,
        device: str = "auto",
        amp: bool = False,
        compile: bool = False,
        device_memory: float | None = None,
        schedule: str = "constant",
    ) -> None:
        check_choice("loss", loss, self.losses)
        check_choice("schedule", schedule, SCHEDULES)
        check_positive("embedding_dim", embedding_dim)
        check_positive("batch_size", batch_size)
        check_positive("learning_rate", learning_rate)
        check_positive("num_negative_samples", num_negative_samples)
        check_not_negative("n_iter", n_iter)
        check_not_negative("l2", l2)
        if device_memory is not None:
            check_not_negative("device_memory", device_memory)
        self._loss = loss
        self._embedding_dim = embedding_dim
        self._n_iter = n_iter
        self._batch_size = batch_size
        self._l2 = l2
        self._learning_rate = learning_rate
        self._optimizer_func = optimizer_func
        self._device = choose_device(device, use_cuda)
        self._sparse = sparse
        self._random_state = as_random_state(random_state)
        self._num_negative_samples = num_negative_samples
        self._amp = amp
        self._compile = compile
        self._device_memory = device_memory
        self._schedule = schedule

        self._net: nn.Module | None = None
        self._optimizer: Any = None
        self._num_items = 0
        self._data_fingerprint: str | None = None
        self.history: list[Epoch] = []

    @property
    def num_items(self) -> int:
        """How many items the fitted model knows."""
        return self._num_items

    def _settings(self) -> dict[str, Any]:
        """What makes a new model like this one, apart from functions and modules."""
        return {
            "loss": self._loss,
            "embedding_dim": self._embedding_dim,
            "n_iter": self._n_iter,
            "batch_size": self._batch_size,
            "l2": self._l2,
            "learning_rate": self._learning_rate,
            "sparse": self._sparse,
            "num_negative_samples": self._num_negative_samples,
        }

    def _fitted(self) -> nn.Module:
        if self._net is None:
            raise RuntimeError(f"{type(self).__name__} must be fitted or loaded first")
        return self._net.eval()

    def _use(self, net: nn.Module) -> nn.Module:
        """Learn and predict with ``net`` from now on."""
        self._net = net.to(self._device)
        self._optimizer = make_optimizer(
            self._net, self._optimizer_func, self._learning_rate, self._l2
        )
        return self._net

    def _train(
        self,
        data: Interactions | SequenceInteractions,
        batch_loss: BatchLoss,
        verbose: bool,
        progress: ProgressCallback | None,
        early_stopping: EarlyStopping | None,
    ) -> None:
        training = Training(
            epochs=self._n_iter,
            batch_size=self._batch_size,
            device=self._device,
            amp=self._amp,
            compile=self._compile,
            verbose=verbose,
            callback=progress,
            early_stopping=early_stopping,
            schedule=self._schedule,
        )
        net = self._fitted()
        entries = None
        if isinstance(data, SequenceInteractions):
            items = torch.from_numpy((data.sequences != PADDING_ITEM).sum(1))
            entries = items.to(self._device)
        try:
            self.history = training.run(self, net, self._optimizer, len(data), batch_loss, entries)
        finally:
            net.eval()
        self._data_fingerprint = fingerprint(data)

    def _save(
        self,
        folder: StrPath,
        metrics: Mapping[str, float] | None,
        **more: Any,
    ) -> None:
        if not is_first():
            return
        manifest = {
            "settings": self._settings(),
            "num_items": self._num_items,
            "data_fingerprint": self._data_fingerprint,
            "metrics": dict(metrics or {}),
            **more,
        }
        save_net(folder, type(self).__name__, self._fitted(), manifest)

    def _ids(self, name: str, values: int | ArrayLike, upper: int) -> Tensor:
        array = np.atleast_1d(values)
        if array.ndim == 2 and array.shape[1] == 1:
            array = array[:, 0]  # A column is what Spotlight's sequence model takes.
        return torch.from_numpy(as_ids(name, array, upper)).to(self._device)


def check_sizes(before: Mapping[str, int], now: Mapping[str, int]) -> bool:
    """Whether a model must grow. Raises ``ValueError`` where it would have to shrink."""
    for name, size in now.items():
        if size < before[name]:
            raise ValueError(
                f"{name} must be at least {before[name]}, as in the last fit, got {size}"
            )
    return dict(before) != dict(now)


def to_numpy(tensor: Tensor) -> NDArray[np.float32]:
    """A float32 array, off the device and out of the graph."""
    return tensor.detach().float().cpu().numpy()

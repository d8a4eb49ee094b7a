"""Adam for dense and for sparse gradients in one optimizer, and how its steps change in size."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from typing import Any

import torch
from torch import Tensor, nn

OptimizerFunc = Callable[[Iterable[Tensor]], Any]

_BETAS = (0.9, 0.999)

SCHEDULES = ("constant", "one_cycle")
_WARM_UP = 0.1
_FIRST = 0.04


class Schedule:
    """Sets the learning rate of each of ``steps`` steps of ``optimizer``.

    'one_cycle' rises from a 25th of the optimizer's own rate over the first tenth of the steps
    and falls to zero, both along half a cosine (Smith and Topin, "Super-convergence", 2019).
    'constant' leaves the rate as it is.
    """

    def __init__(self, name: str, optimizer: Any, steps: int) -> None:
        self._groups = [] if name == "constant" else optimizer.param_groups
        # Kept with the optimizer, as torch's own schedules do: the next fit starts from it too.
        self._rates = [group.setdefault("initial_lr", group["lr"]) for group in self._groups]
        self._steps = steps
        self._done = 0

    def step(self) -> None:
        """Set the rate of the next step."""
        share = self._share(self._done / max(self._steps - 1, 1))
        for group, rate in zip(self._groups, self._rates, strict=True):
            group["lr"] = rate * share
        self._done += 1

    @staticmethod
    def _share(done: float) -> float:
        """The share of the full rate when this share of the steps is done."""
        if done < _WARM_UP:
            risen = (1 - math.cos(math.pi * done / _WARM_UP)) / 2
            return _FIRST + (1 - _FIRST) * risen
        return (1 + math.cos(math.pi * (done - _WARM_UP) / (1 - _WARM_UP))) / 2


class AdamPair:
    """Adam for most parameters, SparseAdam for embeddings with sparse gradients.

    Adam refuses sparse gradients, and SparseAdam dense ones. Weight decay reaches only those rows
    of a sparse embedding that the batch has touched.
    """

    def __init__(
        self,
        dense: list[Tensor],
        sparse: list[Tensor],
        lr: float,
        weight_decay: float,
        betas: tuple[float, float] = _BETAS,
    ) -> None:
        self._sparse = sparse
        self._weight_decay = weight_decay
        self._optimizers: list[torch.optim.Optimizer] = [
            torch.optim.SparseAdam(sparse, lr=lr, betas=betas)
        ]
        if dense:
            adam = torch.optim.Adam(dense, lr=lr, weight_decay=weight_decay, betas=betas)
            self._optimizers.append(adam)

    @property
    def param_groups(self) -> list[dict[str, Any]]:
        return [group for optimizer in self._optimizers for group in optimizer.param_groups]

    def zero_grad(self) -> None:
        for optimizer in self._optimizers:
            optimizer.zero_grad()

    def step(self) -> None:
        if self._weight_decay:
            for parameter in self._sparse:
                _decay_touched_rows(parameter, self._weight_decay)
        for optimizer in self._optimizers:
            optimizer.step()


def make_optimizer(
    net: nn.Module, optimizer_func: OptimizerFunc | None, learning_rate: float, l2: float
) -> Any:
    """What ``optimizer_func`` makes of the parameters; Adam in its fitting form without one.

    A net's own ``adam_betas`` are used where it has them.
    """
    parameters = list(net.parameters())
    if optimizer_func is not None:
        return optimizer_func(parameters)
    betas = getattr(net, "adam_betas", _BETAS)
    sparse = _sparse_parameters(net)
    if not sparse:
        return torch.optim.Adam(parameters, lr=learning_rate, weight_decay=l2, betas=betas)
    ids = {id(parameter) for parameter in sparse}
    dense: list[Tensor] = [parameter for parameter in parameters if id(parameter) not in ids]
    return AdamPair(dense, sparse, lr=learning_rate, weight_decay=l2, betas=betas)


def _sparse_parameters(net: nn.Module) -> list[Tensor]:
    return [
        module.weight
        for module in net.modules()
        if isinstance(module, nn.Embedding | nn.EmbeddingBag) and module.sparse
    ]


@torch.no_grad()
def _decay_touched_rows(parameter: Tensor, weight_decay: float) -> None:
    if parameter.grad is None:
        return
    gradient = parameter.grad.coalesce()
    rows = gradient.indices()
    values = gradient.values() + weight_decay * parameter[rows[0]]
    parameter.grad = torch.sparse_coo_tensor(
        rows, values, gradient.shape, is_coalesced=True, check_invariants=False
    )

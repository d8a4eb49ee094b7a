"""Adam for dense and for sparse gradients in one optimizer."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import torch
from torch import Tensor, nn

OptimizerFunc = Callable[[Iterable[Tensor]], Any]


class AdamPair:
    """Adam for most parameters, SparseAdam for embeddings with sparse gradients.

    Adam refuses sparse gradients, and SparseAdam dense ones. Weight decay reaches only those rows
    of a sparse embedding that the batch has touched.
    """

    def __init__(
        self, dense: list[Tensor], sparse: list[Tensor], lr: float, weight_decay: float
    ) -> None:
        self._sparse = sparse
        self._weight_decay = weight_decay
        self._optimizers: list[torch.optim.Optimizer] = [torch.optim.SparseAdam(sparse, lr=lr)]
        if dense:
            self._optimizers.append(torch.optim.Adam(dense, lr=lr, weight_decay=weight_decay))

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
    """What ``optimizer_func`` makes of the parameters; Adam in its fitting form without one."""
    parameters = list(net.parameters())
    if optimizer_func is not None:
        return optimizer_func(parameters)
    sparse = _sparse_parameters(net)
    if not sparse:
        return torch.optim.Adam(parameters, lr=learning_rate, weight_decay=l2)
    ids = {id(parameter) for parameter in sparse}
    dense: list[Tensor] = [parameter for parameter in parameters if id(parameter) not in ids]
    return AdamPair(dense, sparse, lr=learning_rate, weight_decay=l2)


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

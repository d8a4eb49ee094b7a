"""Where a training set lies: on the device while it fits there, in the host's memory otherwise."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

_SHARE_OF_FREE_MEMORY = 0.5


def room(device: torch.device) -> float:
    """The bytes that a training set may fill on ``device``.

    On CUDA that is half of what is free: the other half is for the model, its gradients and a
    batch. On a CPU there is no limit, as nothing is copied there.
    """
    if device.type != "cuda":
        return math.inf
    free, _ = torch.cuda.mem_get_info(device)
    return _SHARE_OF_FREE_MEMORY * free


def place(
    columns: Sequence[Any], device: torch.device, limit: float | None = None
) -> list[Tensor | None]:
    """The arrays ``columns``, any of which may be None, as tensors that batches are taken from.

    All lie on ``device`` when together they have at most ``limit`` bytes, or :func:`room` when
    that is None; else all stay in the host's memory, and each batch is copied from there.
    """
    tensors = [None if values is None else torch.as_tensor(values) for values in columns]
    size = sum(values.nbytes for values in tensors if values is not None)
    if size > (room(device) if limit is None else limit):
        return tensors
    return [None if values is None else values.to(device) for values in tensors]


def rows_on(device: torch.device, values: Tensor, batch: Tensor) -> Tensor:
    """The rows ``batch`` (positions, int64, on any device) of ``values``, on ``device``.

    Rows from the host reach a GPU through pinned memory, so that nobody waits for the copy.
    """
    rows = values[batch.to(values.device)]
    if device.type == "cuda" and rows.device.type == "cpu":
        return rows.pin_memory().to(device, non_blocking=True)
    return rows.to(device)

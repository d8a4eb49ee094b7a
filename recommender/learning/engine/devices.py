"""Where a model is computed, and how its random numbers are made to repeat."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext

import numpy as np
import torch

DEVICES = ("auto", "cpu", "cuda")


def choose_device(device: str = "auto", use_cuda: bool = False) -> torch.device:
    """The device for ``'auto'`` (CUDA where there is one), ``'cpu'``, ``'cuda'`` or ``'cuda:1'``.

    Raises ``ValueError`` when CUDA is asked for, by ``device`` or ``use_cuda``, and is not there.
    """
    if device.split(":")[0] not in DEVICES:
        raise ValueError(f"device must be one of {', '.join(DEVICES)}, got {device!r}")
    available = torch.cuda.is_available()
    if (use_cuda or device.startswith("cuda")) and not available:
        raise ValueError(
            f"no CUDA device is available, got device={device!r}, use_cuda={use_cuda!r}"
        )
    if device == "auto":
        return torch.device("cuda" if available else "cpu")
    return torch.device(device)


def count_gpus() -> int:
    """How many CUDA devices this process may use."""
    return torch.cuda.device_count()


@contextmanager
def seeded(random_state: np.random.RandomState, device: torch.device) -> Iterator[None]:
    """Draw torch's random numbers from ``random_state`` inside, and leave them alone outside."""
    cuda = [device] if device.type == "cuda" else []
    with torch.random.fork_rng(devices=cuda):
        torch.manual_seed(int(random_state.randint(0, 2**31 - 1)))
        yield


def mixed_precision(device: torch.device, enabled: bool) -> AbstractContextManager:
    """Compute in bfloat16 where that is exact enough, on CUDA and when ``enabled``."""
    if not enabled or device.type != "cuda":
        return nullcontext()
    return torch.autocast("cuda", dtype=torch.bfloat16)

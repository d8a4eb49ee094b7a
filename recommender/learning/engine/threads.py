"""How many threads a step of a fit is worth on the CPU.

Threads that share a small step mostly wait for each other; and where another process wants the
processors, each wait lasts until that one gives way, dozens of times a step. Such a step is
fastest on one thread. How large a step is does not depend on the clock, so that the same fit
always has the same number of threads, and with it the same result.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from types import TracebackType
from typing import Any, Self

import torch
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils.flop_counter import FlopCounterMode

WORTH_A_THREAD = 10_000_000
"""Numbers made in one step that keep one thread busy, for some ten milliseconds."""

_FLOPS_PER_NUMBER = 64
"""What a matrix product computes in the time that other operations take to make one number."""


class StepThreads:
    """Inside, torch has as many threads as a step is worth; outside, as many as before.

    The first step runs on one thread, and its work is counted. On a GPU nothing is changed. May
    be entered again and again::

        with threads:
            for batch in batches:
                with threads.step():
                    ...
    """

    def __init__(self, device: torch.device) -> None:
        self._outside = torch.get_num_threads()
        self._inside = 1 if device.type == "cpu" else self._outside
        self._counted = device.type != "cpu"

    def __enter__(self) -> Self:
        self._outside = torch.get_num_threads()
        torch.set_num_threads(min(self._inside, self._outside))
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        torch.set_num_threads(self._outside)

    @contextmanager
    def step(self) -> Iterator[None]:
        """Around each step."""
        if self._counted:
            yield
            return
        flops = FlopCounterMode(display=False)
        made = _NumberCounter()  # type: ignore[no-untyped-call]
        with flops, made:
            yield
        work = made.numbers + flops.get_total_flops() // _FLOPS_PER_NUMBER
        self._counted = True
        self._inside = max(1, work // WORTH_A_THREAD)
        torch.set_num_threads(min(self._inside, self._outside))


class _NumberCounter(TorchDispatchMode):
    """How many numbers the operations inside it make."""

    numbers = 0

    def __torch_dispatch__(
        self,
        func: Any,
        types: Sequence[type],
        args: Sequence[Any] = (),
        kwargs: Mapping[str, Any] | None = None,
    ) -> Any:
        result = func(*args, **(kwargs or {}))
        if not func.is_view:
            self.numbers += _count(args[0] if result is None else result)
        return result


def _count(result: Any) -> int:
    """Numbers in a tensor or in several; those of a sparse one are counted where they are made."""
    if isinstance(result, Tensor):
        return result.numel() if result.layout == torch.strided else 0
    if isinstance(result, (tuple, list)):
        return sum(_count(one) for one in result)
    return 0

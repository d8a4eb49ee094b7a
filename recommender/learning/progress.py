"""What a model reports while it learns."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True)
class Progress:
    """One report from a running fit.

    ``phase`` is a word for what is being done; ``epoch`` of ``epochs`` are done; ``loss`` is the
    mean training loss of the current epoch so far; ``metrics`` are validation metrics by name.
    """

    phase: str
    epoch: int
    epochs: int
    loss: float | None = None
    examples_per_second: float | None = None
    metrics: Mapping[str, float] = field(default_factory=dict)


ProgressCallback = Callable[[Progress], None]
"""Takes each report. An exception that it raises cancels the fit and reaches fit's caller."""


class Reporter:
    """Passes on reports, except those that come sooner than ``interval`` seconds after the last.

    ``due`` is cheap, so that a training loop can ask it after every batch and compute a loss
    (which waits for the device) only when a report will be made.
    """

    def __init__(self, callback: ProgressCallback | None, interval: float = 0.5) -> None:
        self._callback = callback
        self._interval = interval
        self._last = -float("inf")

    def due(self) -> bool:
        return self._callback is not None and time.monotonic() - self._last >= self._interval

    def report(self, progress: Progress) -> None:
        """Report now."""
        if self._callback is not None:
            self._last = time.monotonic()
            self._callback(progress)

"""Progress and log of a running training, kept for the heartbeat to write to its row."""

from __future__ import annotations

import math
import sys
import threading
from collections.abc import Callable, Mapping
from typing import Any

import psutil
import structlog
from django.utils import timezone

from recommender.learning.progress import Progress
from recommender.models import TrainingRun
from recommender.runs.errors import DivergedError

MOST_CURVE_POINTS = 500


class RunReporter:
    """A progress callback that remembers; `fields` hands the state to whoever writes it.

    Parameters
    ----------
    run
        The row to report on.
    check
        Called on every report; what it raises ends the training.
    """

    def __init__(self, run: TrainingRun, check: Callable[[], None]) -> None:
        self._run = run
        self._check = check
        self._guard = threading.Lock()
        self._fields: dict[str, Any] = {}
        self._curve: list[dict[str, Any]] = list(run.loss_curve)
        self._log = structlog.get_logger(__name__).bind(run=run.pk, kind=run.kind)

    def __call__(self, progress: Progress) -> None:
        """Take a report from a fit. Raises `DivergedError` for a loss that is not finite."""
        self._check()
        if progress.loss is not None and not math.isfinite(progress.loss):
            raise DivergedError(
                f"the loss became {progress.loss} in epoch {progress.epoch} of {progress.phase}"
            )
        with self._guard:
            self._enter(progress.phase)
            self._fields.update(
                epoch=progress.epoch,
                epochs=progress.epochs,
                loss=progress.loss,
                examples_per_second=progress.examples_per_second,
            )
            if progress.loss is not None:
                self._add_to_curve(progress)

    def phase(self, name: str, *, steps: int = 0) -> None:
        """Begin a part of the training that is not a fit."""
        self._check()
        with self._guard:
            self._enter(name)
            self._fields.update(epoch=0, epochs=steps, examples_per_second=None)

    def step(self, done: int) -> None:
        """Say how much of the present phase is done."""
        self._check()
        with self._guard:
            self._fields["epoch"] = done

    def check(self) -> None:
        """Raise when the training has to end."""
        self._check()

    def device(self, name: str) -> None:
        with self._guard:
            self._fields["device"] = name

    def fields(self) -> Mapping[str, Any]:
        """The columns of the run as they should be now."""
        with self._guard:
            return {**self._fields, "memory_mb": memory_mb(), "loss_curve": list(self._curve)}

    def log(self, line: str) -> None:
        """Add a line to the run's log, which people read in the admin."""
        self._log.info("training", line=line)
        TrainingRun.objects.filter(pk=self._run.pk).add_log(line)

    def _enter(self, phase: str) -> None:
        if self._fields.get("phase") != phase:
            self._fields.update(phase=phase[:40], phase_started_at=timezone.now())

    def _add_to_curve(self, progress: Progress) -> None:
        """One point per epoch and phase: a later report of the same epoch replaces it."""
        point = {"phase": progress.phase, "epoch": progress.epoch, "loss": progress.loss}
        point |= {name: value for name, value in progress.metrics.items() if math.isfinite(value)}
        last = self._curve[-1] if self._curve else {}
        if (last.get("phase"), last.get("epoch")) == (progress.phase, progress.epoch):
            self._curve.pop()
        self._curve.append(point)
        if len(self._curve) > MOST_CURVE_POINTS:
            del self._curve[::2]


def memory_mb() -> int:
    """Resident memory of this process and, where a GPU is in use, what torch holds there."""
    used = psutil.Process().memory_info().rss
    cuda = sys.modules.get("torch.cuda")  # by name: the pulse must not wait for an import of torch
    if cuda is not None and getattr(cuda, "is_initialized", bool)():
        used += cuda.memory_reserved()
    return int(used // 2**20)

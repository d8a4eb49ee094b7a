"""Progress bars of training runs in a terminal."""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from recommender.models import TrainingRun


class Display:
    """One bar per run; where the output is no terminal, one line per phase.

    Log lines below a warning are left out meanwhile: what they say of a run is in its log. In a
    terminal the others are printed above the bars.
    """

    def __init__(self, out: object) -> None:
        self._console = Console(file=out, highlight=False)  # type: ignore[arg-type]
        self._logging = ExitStack()
        self._bars: dict[str, TaskID] = {}
        self._phases: dict[str, str] = {}
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            TextColumn("{task.fields[detail]}"),
            TimeElapsedColumn(),
            console=self._console,
            disable=not self._console.is_terminal,
        )

    def __enter__(self) -> Self:
        self._progress.start()
        self._logging.enter_context(only_warnings())
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._logging.close()
        self._progress.stop()

    def show(self, run: TrainingRun) -> None:
        """Show the run as it is now."""
        phase = run.phase if run.is_active and run.phase else str(run.get_status_display())
        if not self._console.is_terminal:
            if self._phases.get(run.kind) != phase:
                self._console.print(f"{run.kind}: {phase}")
            self._phases[run.kind] = phase
            return
        if run.kind not in self._bars:
            self._bars[run.kind] = self._progress.add_task(run.kind, total=1, detail="")
        done = not run.is_active
        self._progress.update(
            self._bars[run.kind],
            total=max(1, run.epochs),
            completed=max(1, run.epochs) if done else run.epoch,
            detail=phase if done else _detail(run, phase),
        )


@contextmanager
def only_warnings() -> Iterator[None]:
    """Log no more than warnings, to standard error as it is now: above the bars, where there are
    some."""
    root = logging.getLogger()
    streams = [
        (handler, handler.setStream(sys.stderr))
        for handler in root.handlers
        if type(handler) is logging.StreamHandler
    ]
    level = root.level
    root.setLevel(max(level, logging.WARNING))
    try:
        yield
    finally:
        root.setLevel(level)
        for handler, stream in streams:
            handler.setStream(stream or sys.stderr)


def _detail(run: TrainingRun, phase: str) -> str:
    parts = [phase]
    if run.epochs:
        parts.append(f"{run.epoch}/{run.epochs}")
    if run.loss is not None:
        parts.append(f"loss {run.loss:.4f}")
    if run.examples_per_second:
        parts.append(f"{run.examples_per_second:,.0f} examples/s")
    if run.seconds_left is not None:
        parts.append(f"{run.seconds_left:.0f} s left")
    return "  ".join(parts)

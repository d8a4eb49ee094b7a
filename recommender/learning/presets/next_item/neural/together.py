"""Several processes learn one transformer, each on a device of its own: started from here."""

from __future__ import annotations

import json
import os
import queue
import re
import signal
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from typing import IO

import numpy as np

from recommender.learning.arrays import Array
from recommender.learning.presets.next_item.neural.fit import PHASE, Keep, Problem
from recommender.learning.presets.next_item.neural.problem_files import (
    ANSWER,
    CHECKPOINT,
    read_arrays,
    write_problem,
)
from recommender.learning.progress import Progress, ProgressCallback

_LAUNCHER = "recommender.learning.presets.next_item.neural.launch"
_WORKER = "recommender.learning.presets.next_item.neural.worker"
_RESTARTS = 2
_ASKED_EVERY = 0.5  # seconds in which a cancellation is noticed while nothing is reported
_LAST_WORDS = 1000
_RAISED = re.compile(r"(\[rank\d+\]: )?[\w.]+(Error|Exception|Interrupt)\b")
_GRACE = 60.0


class WorkersLostError(RuntimeError):
    """The processes that learn together ended without an answer, each time they were started."""


def train_together(
    problem: Problem,
    processes: int,
    random_state: np.random.RandomState,
    progress: ProgressCallback | None = None,
    keep: Keep | None = None,
) -> dict[str, Array]:
    """The arrays that so many processes have learned, as one would; see
    :func:`.fit.train_reader`, which they share.

    When one of them is lost, all begin again at the last epoch, up to twice. What ``progress``
    raises ends them. Raises `WorkersLostError` with their last words when they give up, and
    ``MemoryError`` when their devices have too little.
    """
    with tempfile.TemporaryDirectory(prefix="together-") as name:
        folder = Path(name)
        write_problem(folder, problem, int(random_state.randint(2**31)))
        with (folder / "words").open("w+b") as words:
            status = _Run(folder, processes, words).follow(progress, keep)
            if status != 0 or not (folder / ANSWER).exists():
                words.seek(0)
                said = _last_words(words.read().decode(errors="replace"))
                if "OutOfMemoryError" in said:
                    raise MemoryError(f"{processes} processes ran out of memory: {said}")
                raise WorkersLostError(f"{processes} processes ended with {status}: {said}")
        return read_arrays(folder / ANSWER)


def _last_words(said: str) -> str:
    """What the processes raised, or the end of what was said where they raised nothing."""
    raised = [line for line in said.splitlines() if _RAISED.match(line)]
    own = [line for line in raised if "ChildFailedError" not in line]
    return "; ".join(dict.fromkeys(own)) or said[-_LAST_WORDS:]


class _Run:
    def __init__(self, folder: Path, processes: int, words: IO[bytes]) -> None:
        self._folder = folder
        launcher = [sys.executable, "-m", _LAUNCHER, "--standalone"]
        launcher += ["--nproc-per-node", str(processes), "--max-restarts", str(_RESTARTS)]
        threads = max(1, (os.cpu_count() or 1) // processes)
        # A group of its own, so that all of it can be ended.
        self._process = subprocess.Popen(  # noqa: S603  (our own program, no shell)
            [*launcher, "-m", _WORKER, str(folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=words,
            text=True,
            start_new_session=True,
            env={
                "OMP_NUM_THREADS": str(threads),
                **os.environ,
                "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
            },
        )
        self._lines: queue.Queue[str | None] = queue.Queue()
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._listener.start()

    def follow(self, progress: ProgressCallback | None, keep: Keep | None) -> int:
        """Pass on what is reported until all is done: the exit status."""
        last = Progress(phase=PHASE, epoch=0, epochs=1)
        try:
            while True:
                try:
                    line = self._lines.get(timeout=_ASKED_EVERY)
                except queue.Empty:
                    line = ""
                if line is None:
                    return self._process.wait()
                if line.startswith("{"):
                    last = Progress(**json.loads(line))
                    if keep is not None and last.metrics:
                        keep(last.epoch, read_arrays(self._folder / CHECKPOINT))
                if progress is not None:
                    progress(last)
        finally:
            self._end()

    def _listen(self) -> None:
        if self._process.stdout is not None:
            for line in self._process.stdout:
                self._lines.put(line)
        self._lines.put(None)

    def _end(self) -> None:
        """End the processes that are still there, at first gently: a GPU is left tidy then."""
        if self._process.stdin is not None:
            self._process.stdin.close()
        try:
            self._process.wait(_GRACE)
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, signal.SIGKILL)  # whose workers notice that it is gone
            self._process.wait()
        self._listener.join(_GRACE)
        if self._process.stdout is not None:
            self._process.stdout.close()

"""The child processes that the supervisor keeps running."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from moviesite.local.logs import WatchedLog
from moviesite.local.processes import StopSteps, spawn, stop
from moviesite.local.restarts import Backoff, failure_of

# A worker in the middle of a training is not waited for: its run is taken up at the next start.
STOP_STEPS: StopSteps = ((signal.SIGTERM, 3.0), (signal.SIGQUIT, 3.0))
# Where all processors are busy, even with something of low priority, each step of a request waits
# for one to become free: a training leaves one alone.
TRAINING_THREADS = max(1, (os.cpu_count() or 1) - 1)


def threads(count: int) -> dict[str, str]:
    """The environment in which numpy and torch compute with so many threads."""
    return {"OMP_NUM_THREADS": str(count), "OPENBLAS_NUM_THREADS": str(count)}


@dataclass(kw_only=True)
class Child:
    """One long-running process, started again when it ends by itself."""

    name: str
    command: list[str]
    root: Path
    var: Path
    environment: Mapping[str, str]
    to_terminal: bool = False
    process: subprocess.Popen[bytes] | None = None
    backoff: Backoff = field(default_factory=Backoff)
    log: WatchedLog = field(init=False)

    def __post_init__(self) -> None:
        self.log = WatchedLog(self.name, self.var / "log" / f"{self.name}.log")

    def start(self) -> None:
        self.process = spawn(
            self.command,
            var=self.var,
            environment=self.environment,
            output=None if self.to_terminal else self.log.path,
            errors=self.log.path,
            cwd=self.root,
        )
        self.backoff.started(time.monotonic())

    def ended(self) -> bool:
        return self.process is not None and self.process.poll() is not None

    def watch(self, now: float) -> str | None:
        """Start it again when it has ended and its pause is over; what happened, if anything."""
        if not self.ended() or self.process is None:
            return None
        if self.backoff.again_at is None:
            pause = self.backoff.postpone(now)
            # Its own children may have outlived it, and would work beside the new ones.
            stop(self.process, ())
            return (
                f"{self.name} ended unexpectedly ({_how(self.process.returncode)}); starting it "
                f"again in {pause:.0f} s. Its log: {self.log.path}"
            )
        if now >= self.backoff.again_at and (error := failure_of(self.start)):
            pause = self.backoff.postpone(now)
            return f"{self.name} did not start: {error}; trying again in {pause:.0f} s."
        return None

    def ask_to_stop(self) -> None:
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)

    def stop(self) -> None:
        if self.process:
            stop(self.process, STOP_STEPS)
            self.process = None


def _how(status: int) -> str:
    return f"killed by {signal.Signals(-status).name}" if status < 0 else f"exit status {status}"


def site_children(
    *, root: Path, var: Path, environment: Mapping[str, str], host: str, port: int
) -> list[Child]:
    """Web, the worker for short tasks, the worker that trains, and beat, in the order to start."""
    address = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    python = sys.executable
    web = [python, "-m", "gunicorn", "--config", "python:moviesite.gunicorn_conf"]
    web += ["--bind", address]
    worker = [python, "-m", "celery", "-A", "moviesite", "worker", "--loglevel", "INFO"]
    worker += ["--without-gossip", "--without-mingle"]
    beat = [python, "-m", "celery", "-A", "moviesite", "beat", "--loglevel", "INFO"]
    commands = {
        "web": web,
        "training": [*worker, "-Q", "training", "-c", "1", "-n", "training@%h"],
        "worker": [*worker, "-Q", "default", "-c", "2", "-n", "default@%h"],
        "beat": [*beat, "--pidfile="],
    }
    return [
        Child(
            name=name,
            command=command,
            root=root,
            var=var,
            # A request's arithmetic is short: threads would only fight over the processors.
            environment={**threads(TRAINING_THREADS if name == "training" else 1), **environment},
            to_terminal=name == "web",  # the e-mail that a local site "sends" is printed there
        )
        for name, command in commands.items()
    ]

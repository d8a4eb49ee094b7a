"""Checks before anything of a local run is started."""

from __future__ import annotations

import errno
import fcntl
import os
import shutil
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from moviesite.local.errors import LocalRunError

FIRST_RUN_NEEDS_MB = 500  # database, write-ahead log, a small dataset, two models
LATER_RUN_NEEDS_MB = 100


def require_space(var: Path) -> None:
    """Raise `LocalRunError` when the disk that holds ``var`` is about to be full."""
    needed = LATER_RUN_NEEDS_MB if (var / "postgres").exists() else FIRST_RUN_NEEDS_MB
    free = shutil.disk_usage(var).free // 10**6
    if free < needed:
        raise LocalRunError(
            f"The disk that holds {var} has {free} MB free and Matinee needs {needed} MB there: "
            "make room and run it again."
        )


def require_free_port(host: str, port: int) -> None:
    """Raise `LocalRunError` when something listens on the port already, or we may not."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except (OSError, OverflowError) as error:
            raise LocalRunError(_why_not(error, host, port)) from error


def _why_not(error: OSError | OverflowError, host: str, port: int) -> str:
    match getattr(error, "errno", None):
        case errno.EADDRINUSE:
            return (
                f"Port {port} on {host} is taken by another program: stop that one, or choose "
                f"another port (PORT={port + 1} make run)."
            )
        case errno.EACCES:
            return f"Port {port} is reserved for root: choose one above 1023 (PORT=8000 make run)."
        case _:
            return f"Matinee cannot listen on {host}, port {port}: {error}."


@contextmanager
def only_run(var: Path) -> Iterator[None]:
    """Hold the run's lock; the kernel frees it whatever becomes of this process.

    Raises
    ------
    LocalRunError
        When another supervisor runs from the same folder.
    """
    with (var / "lock").open("a+", encoding="utf-8") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            lock.seek(0)
            raise LocalRunError(
                f"Matinee already runs from this folder (process {lock.read().strip()}): stop it "
                "with Ctrl-C or kill before starting another."
            ) from error
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        yield

"""Starting, marking, finding and stopping child processes."""

from __future__ import annotations

import ctypes
import errno
import os
import pwd
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import psutil

# Every child carries the folder of its run in this variable, so that what a killed supervisor
# left behind can be told from everybody else's processes.
MARK = "MATINEE_CHILD_OF"

_PR_SET_PDEATHSIG = 1

LOG_MODE = 0o640

StopSteps = Sequence[tuple[signal.Signals, float]]


@dataclass(frozen=True)
class Account:
    """The user that a child runs as."""

    uid: int
    gid: int


def unprivileged_account() -> Account | None:
    """`nobody` for a run as root, since PostgreSQL refuses root; None for everybody else."""
    if os.geteuid() != 0:
        return None
    nobody = pwd.getpwnam("nobody")
    return Account(nobody.pw_uid, nobody.pw_gid)


def spawn(
    command: Sequence[str],
    *,
    var: Path,
    environment: Mapping[str, str],
    output: Path | None,
    errors: Path | None,
    death_signal: signal.Signals = signal.SIGTERM,
    account: Account | None = None,
    cwd: Path | None = None,
) -> subprocess.Popen[bytes]:
    """Start a child in a session of its own, marked with its run, gone when its parent is gone.

    ``output`` and ``errors`` are the logs that it appends to; None is our own terminal.
    """
    with ExitStack() as logs:
        return subprocess.Popen(  # noqa: S603
            command,
            stdin=subprocess.DEVNULL,
            stdout=logs.enter_context(_opened(output)) if output else None,
            stderr=logs.enter_context(_opened(errors)) if errors else None,
            env={**environment, MARK: str(var)},
            cwd="/" if account else cwd,
            start_new_session=True,
            user=account.uid if account else None,
            group=account.gid if account else None,
            extra_groups=[] if account else None,
            preexec_fn=_die_with_parent(death_signal),
        )


def _opened(log: Path) -> BinaryIO:
    """A log to append to, for its owner's eyes; a disk that takes no file does not stop a child."""
    try:
        return open(log, "ab", opener=_opener)
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EROFS, errno.EDQUOT):
            raise
        return Path(os.devnull).open("ab")


def _opener(path: str, flags: int) -> int:
    descriptor = os.open(path, flags, LOG_MODE)
    if os.fstat(descriptor).st_mode & 0o777 & ~LOG_MODE:  # an earlier release made it
        os.fchmod(descriptor, LOG_MODE)
    return descriptor


def _die_with_parent(death_signal: signal.Signals) -> Callable[[], None] | None:
    """On Linux, have the kernel signal the child when the supervisor dies, even by kill -9."""
    if sys.platform != "linux":
        return None
    prctl = ctypes.CDLL(None, use_errno=True).prctl
    parent = os.getpid()

    def arm() -> None:
        prctl(_PR_SET_PDEATHSIG, int(death_signal), 0, 0, 0)
        if os.getppid() != parent:
            os._exit(1)

    return arm


def stop(process: subprocess.Popen[bytes], steps: StopSteps) -> None:
    """Stop a child and its whole process group: each signal in turn, then SIGKILL."""
    for number, patience in steps:
        if process.poll() is not None:
            break
        _signal_group(process.pid, number)
        try:
            process.wait(patience)
        except subprocess.TimeoutExpired:
            continue
    # Also where the child itself has gone: its own children may still be there.
    _signal_group(process.pid, signal.SIGKILL)
    process.wait()


def _signal_group(group: int, number: signal.Signals) -> None:
    try:
        os.killpg(group, number)
    except (ProcessLookupError, PermissionError):
        # macOS answers EPERM for a group in which only zombies are left.
        return


def leftovers(var: Path) -> Iterator[psutil.Process]:
    """Processes that an earlier run of this folder left behind."""
    for process in psutil.process_iter():
        if process.pid == os.getpid():
            continue
        try:
            if process.environ().get(MARK) == str(var) and is_alive(process):
                yield process
        except (psutil.Error, OSError):
            # Somebody else's process, or one that has just ended: not ours in either case.
            continue


def is_alive(process: psutil.Process) -> bool:
    """False for a zombie too: it holds no file, whatever its parent has still to collect."""
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def stop_leftovers(found: Sequence[psutil.Process], patience: float = 10.0) -> None:
    """Ask processes that are not our children to end; kill those that have not within patience."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGKILL):
        alive = [process for process in found if is_alive(process)]
        if not alive:
            return
        for process in alive:
            try:
                process.send_signal(number)
            except psutil.NoSuchProcess:
                continue
        deadline = time.monotonic() + patience / 2
        while time.monotonic() < deadline and any(is_alive(process) for process in alive):
            time.sleep(0.05)

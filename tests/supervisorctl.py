"""Starts and stops what the file ``programs`` lists, as supervisor does at the same words."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import psutil

PATIENCE = 60.0
FOLDER = Path(os.environ.get("SUPERVISED", ""))


def supervised(folder: Path) -> dict[str, str]:
    """The variables by which a shell finds ``supervisorctl``, for programs of this folder."""
    for name in ("bin", "supervised"):
        (folder / name).mkdir()
    control = folder / "bin" / "supervisorctl"
    control.write_text(f'#!/bin/sh\nexec {sys.executable} {__file__} "$@"\n')
    control.chmod(0o755)
    return {
        "PATH": f"{control.parent}:{os.environ['PATH']}",
        "SUPERVISED": str(folder / "supervised"),
    }


def start() -> None:
    for number, program in enumerate((FOLDER / "programs").read_text().splitlines()):
        with (FOLDER / f"{number}.log").open("ab") as log:
            process = subprocess.Popen(
                ["bash", "-c", f"exec {program}"],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        (FOLDER / f"{number}.pid").write_text(str(process.pid))


def stop() -> None:
    """SIGTERM, and SIGKILL for what does not end."""
    running = []
    for path in FOLDER.glob("*.pid"):
        if psutil.pid_exists(number := int(path.read_text())):
            running.append(psutil.Process(number))
        path.unlink()
    for process in running:
        process.terminate()
    deadline = time.monotonic() + PATIENCE
    while any(map(_is_alive, running)):
        if time.monotonic() > deadline:
            for process in running:
                process.kill()
        time.sleep(0.1)


def _is_alive(process: psutil.Process) -> bool:
    try:
        return process.status() != psutil.STATUS_ZOMBIE  # whose parent is gone, as ours is
    except psutil.NoSuchProcess:
        return False


if __name__ == "__main__":
    {"start": start, "stop": stop}[sys.argv[1]]()

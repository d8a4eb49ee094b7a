"""PostgreSQL's data folder with every migration applied, made once for all processes of pytest.

    python -m tests.migrated_cluster

makes it ahead of who needs it. Where a test is not about migrations, a copy spares it half a minute
of one processor.
"""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from moviesite.local.postgres import data_folder
from moviesite.local.processes import unprivileged_account
from moviesite.local.services import start_services

ROOT = Path(__file__).resolve().parents[1]
SHARED = "MATINEE_TESTS_SHARED"
"""Names the folder that all processes of one run of pytest have in common."""
MADE = "migrated"


def put_migrated_cluster(var: Path) -> None:
    """Let ``var`` begin with the database that the first start of a local run would make."""
    with _alone():
        if not _is_made():
            _make()
    var.mkdir(parents=True, exist_ok=True)
    # With its owner, whom PostgreSQL insists on.
    source, target = (data_folder(one, unprivileged_account()) for one in (_folder(), var))
    subprocess.run(["cp", "-a", f"{source}/.", str(target)], check=True)


def _folder() -> Path:
    return Path(os.environ[SHARED]) / "migrated-cluster"


def _is_made() -> bool:
    return (_folder() / MADE).exists()


def _make() -> None:
    with start_services(_folder(), durable=False, given={}) as services:
        subprocess.run(
            [sys.executable, "-W", "ignore", "manage.py", "migrate", "--verbosity", "0"],
            cwd=ROOT,
            env={**os.environ, **services.environment},
            check=True,
        )
    (_folder() / MADE).touch()


@contextmanager
def _alone() -> Iterator[None]:
    """Another process that makes it is waited for; the kernel frees the lock whatever happens."""
    with (Path(os.environ[SHARED]) / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


if __name__ == "__main__":
    with _alone():
        if not _is_made():
            _make()

"""What can happen to a local run; each leaves it to come back by itself."""

from __future__ import annotations

import os
import random
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil
import psycopg2

from moviesite.local.processes import MARK
from tests.faults.local_run import READY, LocalRun
from tests.faults.moved_clock import CACHED_SECONDS, MovedClock
from tests.faults.small_disk import filled

# Words in the command of each process of a run.
PARTS = {
    "web": ("gunicorn",),
    "worker": ("celery", "worker", "default"),
    "training": ("celery", "worker", "training"),
    "beat": ("celery", "beat"),
    "Valkey": ("--unixsocket",),
}
STOPPED_SECONDS = (0.3, 2.0)
JUMPS = (-86_400, -3_600, -90, 90, 3_600, 86_400)  # seconds


@dataclass
class Site:
    """The run that is hurt; started anew where its supervisor is killed."""

    var: Path
    port: int
    run: LocalRun
    disk: Path | None
    random: random.Random
    clock: MovedClock | None = None

    def processes(self, part: str) -> list[psutil.Process]:
        found = []
        for process in psutil.process_iter():
            with suppress(psutil.Error, OSError):
                ours = process.environ().get(MARK) == str(self.var)
                if ours and set(PARTS[part]) <= set(process.cmdline()):
                    found.append(process)
        return found

    def postmaster(self) -> int | None:
        lock = (self.var / "postgres").resolve() / "postmaster.pid"
        try:
            return int(lock.read_text().split()[0])
        except (OSError, ValueError, IndexError):
            return None

    def database(self) -> psycopg2.extensions.connection:
        folder = (self.var / "socket-folder").read_text().strip()
        return psycopg2.connect(dbname="matinee", user="matinee", host=folder)


def kill(part: str) -> Callable[[Site], None]:
    def fault(site: Site) -> None:
        if processes := site.processes(part):
            with suppress(psutil.Error):
                site.random.choice(processes).kill()

    return fault


def stop_and_go_on(part: str) -> Callable[[Site], None]:
    def fault(site: Site) -> None:
        stopped = site.processes(part)
        for process in stopped:
            with suppress(psutil.Error):
                process.suspend()
        time.sleep(site.random.uniform(*STOPPED_SECONDS))
        for process in stopped:
            with suppress(psutil.Error):
                process.resume()

    return fault


def kill_database(site: Site) -> None:
    """As when the power goes, for PostgreSQL alone: its log is replayed at the start."""
    if (pid := site.postmaster()) is not None:
        with suppress(ProcessLookupError):
            os.kill(pid, site.random.choice([signal.SIGQUIT, signal.SIGKILL]))


def stop_database_and_go_on(site: Site) -> None:
    pid = site.postmaster()
    if pid is None:
        return
    with suppress(psutil.Error):
        tree = [psutil.Process(pid), *psutil.Process(pid).children()]
        for process in tree:
            with suppress(psutil.Error):
                process.suspend()
        time.sleep(site.random.uniform(*STOPPED_SECONDS))
        for process in tree:
            with suppress(psutil.Error):
                process.resume()


def drop_connections(site: Site) -> None:
    with suppress(psycopg2.Error, OSError):
        connection = site.database()
        try:
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
                )
        finally:
            connection.close()


def fill_disk(site: Site) -> None:
    assert site.disk
    with filled(site.disk):
        time.sleep(site.random.uniform(*STOPPED_SECONDS))


def kill_supervisor(site: Site) -> None:
    """With it goes everything; somebody starts it again."""
    site.run.end(signal.SIGKILL)
    settings = site.clock.settings if site.clock else {}
    site.run = LocalRun(site.var, port=site.port, **settings)
    site.run.wait_for(READY)


def jump_clock(site: Site) -> None:
    """The time of day of all but PostgreSQL is another one for a while, then the right one."""
    assert site.clock
    site.clock.move(site.random.choice(JUMPS))
    try:
        time.sleep(CACHED_SECONDS + site.random.uniform(*STOPPED_SECONDS))
    finally:
        site.clock.move(0)


def possible_faults(
    disk: Path | None, clock: MovedClock | None = None
) -> dict[str, Callable[[Site], None]]:
    """By name; without a small disk none is filled, without a clock of its own none jumps."""
    found = {f"kill {part}": kill(part) for part in PARTS}
    found |= {f"stop {part}": stop_and_go_on(part) for part in ("web", "worker", "Valkey")}
    found |= {
        "kill PostgreSQL": kill_database,
        "stop PostgreSQL": stop_database_and_go_on,
        "drop connections": drop_connections,
        "kill supervisor": kill_supervisor,
    }
    if disk is not None:
        found["fill the disk"] = fill_disk
    if clock is not None:
        found["jump the clock"] = jump_clock
    return found

"""One private PostgreSQL and Valkey for each process of pytest, before Django reads its settings.

Loaded by ``-p`` (see pyproject.toml), as ``python -m pytest``. DATABASE_URL and REDIS_URL, where
set, are used instead of the private servers; REDIS_URL only by one process (``-n 0``).
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack

import psycopg2
import pytest

from moviesite.local.postgres import NAME, PrivatePostgres
from moviesite.local.services import Services, start_services
from tests.migrated_cluster import ROOT, SHARED, put_migrated_cluster
from tests.passable import passable_folder

PRIVATE = "MATINEE_TESTS_PRIVATE"
"""Names the variables that a process of pytest has set for itself, and not for its workers."""

MIGRATED = "migrated"
"""The database that `begin_migrated` leaves to be copied."""

_running = ExitStack()
_services: list[Services] = []


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_load_initial_conftests() -> Iterator[None]:
    """A wrapper, since those run before pytest-django's own hook, which loads the settings."""
    var = _running.enter_context(passable_folder())
    private = os.environ.get(PRIVATE, "").split()
    given = {name: value for name, value in os.environ.items() if name not in private}
    services = _running.enter_context(start_services(var, durable=False, given=given))
    _services.append(services)
    if SHARED not in os.environ:
        os.environ[SHARED] = str(_running.enter_context(passable_folder()))
    os.environ.update(services.environment)
    os.environ[PRIVATE] = " ".join(set(services.environment) - set(given))
    (var / "static").mkdir()  # as after a collectstatic that found nothing
    # Nobody answers there: a test that wants pictures starts a server of its own.
    os.environ["POSTER_BASE_URL"] = "http://127.0.0.1:9"
    # A machine busy with tests must not look like a cache that hangs.
    os.environ["CACHE_TIMEOUT"] = "20"
    # As web processes have it: more threads than processors only wait for each other.
    for threads in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
        os.environ.setdefault(threads, "1")
    # Containers often set it, and each of the many processes that tests start would compile anew.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    # What a developer's shell may have set must not decide how a test ends.
    for name in (
        "MATINEE_DATASET",
        "MATINEE_RETRAIN_AFTER",
        "MATINEE_DEVICE",
        "MATINEE_TRAINING_PROCESSES",
        "PORT",
        "HOST",
    ):
        os.environ.pop(name, None)
    return (yield)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_setupnodes() -> None:
    """While the processes of pytest-xdist read the tests, what they all need is made."""
    command = [sys.executable, "-m", "tests.migrated_cluster"]
    making = _running.enter_context(subprocess.Popen(command, cwd=ROOT))
    _running.callback(making.terminate)


def begin_migrated() -> str | None:
    """Put the migrated cluster in place of the private server's new one.

    Returns the name of a database that has all tables, to be copied by ``CREATE DATABASE``; the
    one that DATABASE_URL names is as empty as before. None where the server is not ours.
    """
    server = _services[0].servers.get("PostgreSQL")
    if not isinstance(server, PrivatePostgres):
        return None
    server.stop()
    for path in server.data.iterdir():
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    put_migrated_cluster(server.var)
    server.start()
    connection = psycopg2.connect(dbname="postgres", user=NAME, host=str(server.sockets))
    try:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(f"ALTER DATABASE {NAME} RENAME TO {MIGRATED}")
            cursor.execute(f"CREATE DATABASE {NAME}")
    finally:
        connection.close()
    return MIGRATED


def pytest_unconfigure() -> None:
    _running.close()

"""One private PostgreSQL and Valkey for each process of pytest, before Django reads its settings.

Loaded by ``-p`` (see pyproject.toml), as ``python -m pytest``. DATABASE_URL and REDIS_URL, where
set, are used instead of the private servers; REDIS_URL only by one process (``-n 0``).
"""

import os
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from moviesite.local.services import start_services
from tests.passable import passable_folder

PRIVATE = "MATINEE_TESTS_PRIVATE"
"""Names the variables that a process of pytest has set for itself, and not for its workers."""

_running = ExitStack()


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_load_initial_conftests() -> Iterator[None]:
    """A wrapper, since those run before pytest-django's own hook, which loads the settings."""
    var = _running.enter_context(passable_folder())
    private = os.environ.get(PRIVATE, "").split()
    given = {name: value for name, value in os.environ.items() if name not in private}
    services = _running.enter_context(start_services(var, durable=False, given=given))
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


def pytest_unconfigure() -> None:
    _running.close()

"""One private PostgreSQL and Valkey for the whole run of pytest, before Django reads its settings.

Loaded by ``-p`` (see pyproject.toml), as ``python -m pytest``. DATABASE_URL and REDIS_URL, where
set, are used instead of the private servers.
"""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from moviesite.local.services import start_services

_running = ExitStack()


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_load_initial_conftests() -> Iterator[None]:
    """A wrapper, since those run before pytest-django's own hook, which loads the settings."""
    var = Path(tempfile.mkdtemp(prefix="matinee-tests-"))
    _running.callback(shutil.rmtree, var, ignore_errors=True)
    var.chmod(0o755)  # as root, PostgreSQL runs as `nobody` and has to get in
    services = _running.enter_context(start_services(var, durable=False))
    os.environ.update(services.environment)
    # What a developer's shell may have set must not decide how a test ends.
    for name in ("MATINEE_DATASET", "MATINEE_RETRAIN_AFTER", "MATINEE_DEVICE", "PORT", "HOST"):
        os.environ.pop(name, None)
    return (yield)


def pytest_unconfigure() -> None:
    _running.close()

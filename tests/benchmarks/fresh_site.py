"""A private PostgreSQL and Valkey with an empty Matinee, for one measurement."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from moviesite.local.postgres import PrivatePostgres
from moviesite.local.services import start_services
from tests.migrated_cluster import SHARED, put_migrated_cluster

from .places import ROOT


@contextmanager
def private_servers() -> Iterator[dict[str, str]]:
    """The environment of an empty database, not migrated.

    Its servers sync to disk as those of ``make run`` do.
    """
    var = Path(tempfile.mkdtemp(prefix="matinee-bench-"))
    var.chmod(0o755)  # as root, PostgreSQL runs as `nobody` and has to get in
    try:
        # Private servers whatever the environment names: a measurement must not touch others.
        with start_services(var, given={}) as services:
            yield {**os.environ, **services.environment}
    finally:
        shutil.rmtree(var, ignore_errors=True)


@contextmanager
def fresh_site() -> Iterator[dict[str, str]]:
    """The environment in which ``manage.py`` finds an empty, migrated database."""
    with private_servers() as environment:
        manage(environment, "migrate", "--verbosity", "0")
        yield environment


@contextmanager
def kept_site(var: Path, *, anew: bool = False) -> Iterator[tuple[dict[str, str], int]]:
    """The environment of a site whose state stays in ``var``, and the process of its PostgreSQL."""
    if anew:
        shutil.rmtree(var, ignore_errors=True)
    var.mkdir(parents=True, exist_ok=True)
    var.chmod(0o755)
    if SHARED in os.environ and not (var / "postgres").exists():
        put_migrated_cluster(var)  # in a test, which measures no migrations
    with start_services(var, given={}) as services:
        environment = {**os.environ, **services.environment}
        manage(environment, "migrate", "--verbosity", "0")
        postgres = services.servers["PostgreSQL"]
        if not isinstance(postgres, PrivatePostgres):
            raise TypeError(f"PostgreSQL must be a private one, got {postgres}")
        yield environment, int((postgres.data / "postmaster.pid").read_text().split()[0])


def manage(environment: dict[str, str], *arguments: str) -> str:
    """Run ``manage.py`` and return what it printed."""
    done = subprocess.run(
        [sys.executable, str(ROOT / "manage.py"), *arguments],
        env=environment,
        cwd=ROOT,
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    return done.stdout

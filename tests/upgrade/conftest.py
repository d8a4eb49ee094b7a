"""The site of version 0.1, upgraded to this release by `manage.py upgrade`."""

from __future__ import annotations

import gzip
import os
import subprocess
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import pytest
from django.db import connection

from moviesite.local.postgres_binaries import find_postgres
from moviesite.local.processes import unprivileged_account

ROOT = Path(__file__).resolve().parents[2]
DUMP = Path(__file__).with_name("site-0.1.sql.gz")
Done = subprocess.CompletedProcess[bytes]


def run(*command: str, environment: dict[str, str], told: bytes | None = None) -> Done:
    return subprocess.run(
        [sys.executable, "-W", "ignore", *command] if command[0].endswith(".py") else command,
        cwd=ROOT,
        env=environment,
        input=told,
        capture_output=True,
        check=False,
    )


def must(done: Done) -> str:
    assert done.returncode == 0, (done.stdout + done.stderr).decode()[-4000:]
    return done.stdout.decode()


@pytest.fixture(scope="package")
def site(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, str]]:
    """The environment of a process whose database was the old one."""
    name = f"upgrade_{uuid.uuid4().hex[:8]}"
    parts = urlsplit(os.environ["DATABASE_URL"])
    url = urlunsplit(parts._replace(path=parts.path.rpartition("/")[0] + f"/{name}"))
    environment = {
        **os.environ,
        "DATABASE_URL": url,
        "DATABASE_NAME": name,
        "DJANGO_SETTINGS_MODULE": "moviesite.settings",
        "LOG_LEVEL": "ERROR",
        "MATINEE_VAR": str(tmp_path_factory.mktemp("upgraded")),
        "PYTHONPATH": str(ROOT),
    }
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {name}")
        settings = connection.settings_dict
    try:
        psql = Path(find_postgres(unprivileged_account()).postgres).with_name("psql")
        options = [str(psql), "-q", "-v", "ON_ERROR_STOP=1", "-d", name, "-U", settings["USER"]]
        options += ["-h", settings["HOST"]] if settings["HOST"] else []
        options += ["-p", str(settings["PORT"])] if settings["PORT"] else []
        told = gzip.decompress(DUMP.read_bytes())
        secret = {**environment, "PGPASSWORD": settings["PASSWORD"] or ""}
        must(run(*options, environment=secret, told=told))
        environment["UPGRADE_SAID"] = must(run("manage.py", "upgrade", environment=environment))
        yield environment
    finally:
        with django_db_blocker.unblock(), connection.cursor() as cursor:
            cursor.execute(f"DROP DATABASE {name} WITH (FORCE)")

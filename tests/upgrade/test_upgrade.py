"""The database of a site of version 0.1, as `pg_dump` wrote it, under today's code.

The site had a member with ratings, a diary, a list, an import and choices of all kinds, raters of a
dataset, and a live model.
"""

import gzip
import json
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


def run(*command: str, environment: dict[str, str], told: bytes | None = None) -> str:
    done = subprocess.run(
        [sys.executable, "-W", "ignore", *command] if command[0].endswith(".py") else command,
        cwd=ROOT,
        env=environment,
        input=told,
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()[-4000:]
    return done.stdout.decode()


@pytest.fixture(scope="module")
def site(django_db_setup: None, django_db_blocker: Any) -> Iterator[dict[str, str]]:
    """The environment of a process whose database is the old one, migrated."""
    name = f"upgrade_{uuid.uuid4().hex[:8]}"
    parts = urlsplit(os.environ["DATABASE_URL"])
    url = urlunsplit(parts._replace(path=parts.path.rpartition("/")[0] + f"/{name}"))
    environment = {
        **os.environ,
        "DATABASE_URL": url,
        "DJANGO_SETTINGS_MODULE": "moviesite.settings",
        "LOG_LEVEL": "ERROR",
    }
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {name}")
        settings = connection.settings_dict
    try:
        psql = Path(find_postgres(unprivileged_account()).postgres).with_name("psql")
        run(
            *(str(psql), "-q", "-v", "ON_ERROR_STOP=1", "-d", name, "-U", settings["USER"]),
            *(["-h", settings["HOST"]] if settings["HOST"] else []),
            *(["-p", str(settings["PORT"])] if settings["PORT"] else []),
            environment={**environment, "PGPASSWORD": settings["PASSWORD"] or ""},
            told=gzip.decompress(DUMP.read_bytes()),
        )
        run("manage.py", "migrate", "--verbosity", "0", environment=environment)
        yield environment
    finally:
        with django_db_blocker.unblock(), connection.cursor() as cursor:
            cursor.execute(f"DROP DATABASE {name} WITH (FORCE)")


def test_nothing_of_a_site_is_lost_and_its_pages_work(site: dict[str, str]) -> None:
    found = json.loads(run("tests/upgrade/after.py", environment={**site, "PYTHONPATH": str(ROOT)}))
    assert found["films"] == 24
    assert found["ratings"] == 187  # 176 of raters, 11 of members
    own = [[f"Film {n:02}" if n != 5 else "Amélie", 10 if n % 2 else 3] for n in range(10)]
    assert found["own"] == sorted(own)
    assert found["watchlist"] == ["Film 12"]
    assert found["hidden"] == ["Film 13"]
    assert found["diary"] == [[9, "Again!\nWith friends.", True]]
    assert found["list"] == [["Film 04", 1, "why"], ["Film 02", 2, ""], ["Film 09", 3, ""]]
    assert found["rows"] == [["Film 03", 8]]
    assert found["live"] == [["factorization", {"rmse": 0.84}]]
    assert found["policy"] == 77
    assert found["amelie"][1:] == ["tt0001005", False]
    assert found["amelie"][0] > 0
    assert found["desk"] == 200
    assert set(found["answers"].values()) == {200}, found["answers"]


def test_no_migration_is_missing(site: dict[str, str]) -> None:
    run("manage.py", "migrate", "--check", "--verbosity", "0", environment=site)

"""A site with something in each part of it, and an empty database beside."""

import os
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg2
import pytest
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.db import connection
from psycopg2 import sql

from catalog.models import Movie, Rating
from moviesite.accounts.models import User

ROOT = Path(__file__).resolve().parents[3]
ROWS = "SELECT count(*), md5(string_agg(t::text, '|' ORDER BY t::text)) FROM {} t"
PASSPHRASE = "a passphrase for tests"
Manage = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def site(transactional_db: None) -> Iterator[None]:
    """Films, members, ratings, an upload and a trained model."""
    ida = User.objects.create_user("ida", "ida@matinee.example", "a-long-and-calm-evening-42")
    for number, title in enumerate(("Amélie", "千と千尋の神隠し", "O'Brother \\ 100%\t?")):
        movie = Movie.objects.create(title=title)
        Rating.objects.create(user=ida, movie=movie, half_stars=number + 1)
    storages["default"].save("datasets/upload.zip", ContentFile(b"PK" + bytes(300_000)))
    storages["artifacts"].save("stars-1/factors.bin", ContentFile(os.urandom(2_500_000)))
    yield
    storages["default"].delete("datasets/upload.zip")
    storages["artifacts"].delete("stars-1/factors.bin")


@pytest.fixture
def empty_machine(tmp_path: Path, transactional_db: None) -> Iterator[dict[str, str]]:
    """The environment of another site: an empty database, an empty folder, another secret key."""
    name = f"restored_{uuid.uuid4().hex[:8]}"
    parts = urlsplit(os.environ["DATABASE_URL"])
    url = urlunsplit(parts._replace(path=parts.path.rpartition("/")[0] + f"/{name}"))
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {name} TEMPLATE template0")
    yield {
        **os.environ,
        "DATABASE_URL": url,
        "MATINEE_VAR": str(tmp_path / "other"),
        "SECRET_KEY": "the-key-of-another-machine-that-nobody-knows-here-1",
        "MATINEE_BACKUP_PASSPHRASE": PASSPHRASE,
        "LOG_LEVEL": "ERROR",
        "DATABASE_NAME": name,
    }
    with connection.cursor() as cursor:
        cursor.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def manage(empty_machine: dict[str, str]) -> Manage:
    """``manage.py`` on the other machine."""
    return manage_at(empty_machine)


def manage_at(environment: dict[str, str]) -> Manage:
    """``manage.py`` of the site that this environment describes."""

    def run(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-W", "ignore", "manage.py", *words],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )

    return run


@contextmanager
def connected_to(database: str, host: str = "") -> Iterator[psycopg2.extensions.connection]:
    """On the server of the tests, or on one of the same user elsewhere."""
    known = connection.settings_dict
    connected = psycopg2.connect(
        dbname=database,
        user=known["USER"],
        host=host or known["HOST"] or None,
        password=known["PASSWORD"],
    )
    try:
        yield connected
    finally:
        connected.close()


def tables(database: str, host: str = "") -> dict[str, tuple[int, str]]:
    """Of each table: how many rows, and a hash over all of them; of each sequence, where it is."""
    with connected_to(database, host) as connected, connected.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        found = {}
        for (table,) in cursor.fetchall():
            cursor.execute(sql.SQL(ROWS).format(sql.Identifier(table)))
            found[table] = cursor.fetchone()
        cursor.execute("SELECT sequencename, last_value, '' FROM pg_sequences")
        found |= {name: (last, kind) for name, last, kind in cursor.fetchall()}
        return found


def here() -> dict[str, tuple[int, str]]:
    return tables(connection.settings_dict["NAME"])


@pytest.fixture
def passphrase(monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr(settings, "MATINEE_BACKUP_PASSPHRASE", PASSPHRASE)
    return PASSPHRASE

"""From one major version of PostgreSQL to the next: backed up there, restored here."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection

from moviesite.local.postgres import NAME, PrivatePostgres
from moviesite.local.postgres_binaries import PostgresBinaries, candidates, major_version
from moviesite.local.processes import unprivileged_account
from moviesite.local.sockets import remove_socket_folder, socket_folder
from tests.made_up_dataset import write_dataset
from tests.passable import passable_folder

from .conftest import Manage, manage_at, tables


def older_postgres() -> PostgresBinaries:
    """A server of an earlier major version than that of the tests, where one is installed."""
    account = unprivileged_account()
    with connection.cursor():
        own = connection.connection.server_version // 10000
    for folder in candidates():
        major = major_version(folder, account)
        if major is not None and major < own and (folder / "initdb").exists():
            return PostgresBinaries(folder, major)
    pytest.skip(f"no PostgreSQL older than {own} is installed (Debian: apt install postgresql)")


@pytest.fixture
def older(transactional_db: None) -> Iterator[PrivatePostgres]:
    """An empty server of it."""
    binaries, account = older_postgres(), unprivileged_account()
    with passable_folder() as var:
        (var / "log").mkdir()
        sockets = socket_folder(var, account)
        server = PrivatePostgres(var, sockets, account, durable=False, binaries=binaries)
        try:
            server.start()
            yield server
        finally:
            server.stop()
            remove_socket_folder(var)


def test_a_site_moves_to_another_major_version(
    older: PrivatePostgres, empty_machine: dict[str, str], manage: Manage, tmp_path: Path
) -> None:
    """
    GIVEN a site on an older PostgreSQL, with members and ratings
    WHEN it is backed up there and restored on this one
    THEN every table and sequence is the same, and the site's own look at its tables is content
    """
    before = {**empty_machine, "DATABASE_URL": older.url, "MATINEE_VAR": str(tmp_path / "before")}
    (tmp_path / "ml-100k").mkdir()
    write_dataset(tmp_path / "ml-100k")
    there = manage_at(before)
    for words in (
        ("migrate", "--verbosity", "0"),
        ("user", "create", "ida", "--email", "ida@films.example"),
        ("import_dataset", str(tmp_path / "ml-100k")),
        ("backup", "--to", str(tmp_path / "kept")),
    ):
        done = there(*words)
        assert done.returncode == 0, done.stderr
    [path] = (tmp_path / "kept").glob("*.backup")

    done = manage("restore", str(path))
    assert done.returncode == 0, done.stderr
    kept = tables(NAME, host=str(older.sockets))
    assert kept["catalog_rating"][0] > 100
    assert tables(empty_machine["DATABASE_NAME"]) == kept
    for words in (("migrate", "--check"), ("makemigrations", "--check", "--dry-run")):
        assert manage(*words).returncode == 0

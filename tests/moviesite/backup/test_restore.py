"""A back-up restored on an empty machine, and back-ups that are refused before anything happens."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import psycopg2
import pytest
from django.conf import settings
from django.core.files.storage import storages
from django.db import connection

from catalog.models import Movie
from moviesite.backup.archive import read_archive, write_archive
from moviesite.backup.create import create_backup
from moviesite.backup.manifest import Manifest, describe_site

from .conftest import PASSPHRASE, ROOT, Manage, here, tables

pytestmark = pytest.mark.usefixtures("site")


def test_every_table_and_file_is_there_again(
    tmp_path: Path, empty_machine: dict[str, str], manage: Manage
) -> None:
    before = here()
    path = create_backup(tmp_path, PASSPHRASE)
    Movie.objects.create(title="Rated after the back-up")

    kept_key = tmp_path / "former-key"
    done = manage("restore", str(path), "--secret-key-to", str(kept_key))
    assert done.returncode == 0, done.stderr
    assert "2 files written" in done.stdout
    assert "The secret key was another one" in done.stdout
    assert kept_key.read_text() == settings.SECRET_KEY

    assert before["catalog_rating"][0] == 3
    assert tables(empty_machine["DATABASE_NAME"]) == before
    other = tmp_path / "other"
    for alias, folder, name in (
        ("default", "media", "datasets/upload.zip"),
        ("artifacts", "artifacts", "stars-1/factors.bin"),
    ):
        with storages[alias].open(name) as file:
            assert (other / folder / name).read_bytes() == file.read()
    assert manage("migrate", "--check").returncode == 0
    assert not list(other.glob("restore-*"))


def test_a_site_that_is_not_empty_is_replaced_only_when_asked(
    tmp_path: Path, empty_machine: dict[str, str], manage: Manage
) -> None:
    name = empty_machine["DATABASE_NAME"]
    path = create_backup(tmp_path, PASSPHRASE)
    assert manage("restore", str(path)).returncode == 0
    run_sql(name, "DELETE FROM catalog_rating; CREATE TABLE of_a_newer_release (id int)")
    changed = tables(name)

    refused = manage("restore", str(path))
    assert "The database is not empty" in refused.stderr
    assert tables(name) == changed

    with_connection = connect(name)
    busy = manage("restore", str(path), "--replace")
    with_connection.close()
    assert "1 other connections: stop web" in busy.stderr
    assert tables(name) == changed

    assert manage("restore", str(path), "--replace").returncode == 0
    assert tables(name) == here()


REFUSED = {
    "flipped": "damaged in its MiB",
    "cut off": "damaged in its MiB",
    "passphrase": "passphrase is another one",
    "newer": "does not know its migrations catalog.9999_from_the_future",
    "no back-up": "cannot be read as a back-up",
}
RESTORE_EACH = """
import json, sys, django
from django.core.management import CommandError, call_command
django.setup()
told = []
for path in sys.argv[1:]:
    try:
        call_command("restore", path)
    except CommandError as error:
        told.append(str(error))
    else:
        sys.exit(f"{path} was restored")
print(json.dumps(told))
"""


def test_what_is_damaged_or_newer_changes_nothing(
    tmp_path: Path, empty_machine: dict[str, str], manage: Manage
) -> None:
    """All are given to one process; the last also to the command, as somebody types it."""
    harmed = write_harmed(tmp_path)
    assert set(harmed) == set(REFUSED)
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", RESTORE_EACH, *map(str, harmed.values())],
        cwd=ROOT,
        env={**empty_machine, "DJANGO_SETTINGS_MODULE": "moviesite.settings"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    for harm, said in zip(harmed, json.loads(done.stdout), strict=True):
        assert REFUSED[harm] in said
    typed = manage("restore", str(harmed["no back-up"]))
    assert typed.returncode == 1
    assert REFUSED["no back-up"] in typed.stderr
    assert "Traceback" not in typed.stderr
    assert tables(empty_machine["DATABASE_NAME"]) == {}
    assert not [one for one in (tmp_path / "other").rglob("*") if one.is_file()]


def write_harmed(folder: Path) -> dict[str, Path]:
    """Of each harm a back-up that has it."""
    paths = {harm: folder / harm for harm in REFUSED}
    data = create_backup(folder, PASSPHRASE).read_bytes()
    paths["flipped"].write_bytes(data[:-40] + bytes([data[-40] ^ 1]) + data[-39:])
    paths["cut off"].write_bytes(data[:-600_000])
    paths["passphrase"] = create_backup(folder, "another one")
    write_newer(paths["newer"])
    paths["no back-up"].write_bytes(b"not a tar, not ours")
    return paths


def write_newer(path: Path) -> None:
    manifest: Manifest = describe_site()
    newer = replace(manifest, migrations=[*manifest.migrations, "catalog.9999_from_the_future"])
    with path.open("wb") as file, write_archive(file, PASSPHRASE) as archive:
        archive.add("database.dump", io.BytesIO(b"dump"), 4)
        archive.finish(newer)
    assert read_archive(path, PASSPHRASE) == replace(
        newer, parts=read_archive(path, PASSPHRASE).parts
    )


def connect(database: str) -> psycopg2.extensions.connection:
    known = connection.settings_dict
    return psycopg2.connect(dbname=database, user=known["USER"], host=known["HOST"] or None)


def run_sql(database: str, statement: str) -> None:
    connected = connect(database)
    with connected, connected.cursor() as cursor:
        cursor.execute(statement)
    connected.close()

"""Back-ups in a storage: an S3 server keeps them, by their age, and gives them back."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import InMemoryStorage, storages
from django.core.management import CommandError, call_command
from pytest_django import Settings

from moviesite.backup.names import name_at
from moviesite.backup.places import StoragePlace
from tests.object_store import BACKEND, BUCKET, ObjectStore

from .conftest import Manage, here, tables

PLACE = "storage:backups"


@pytest.fixture(scope="module")
def server() -> Iterator[ObjectStore]:
    server = ObjectStore()
    yield server
    server.stop()


@pytest.fixture
def store(server: ObjectStore, settings: Settings, tmp_path: Path) -> ObjectStore:
    """It holds nothing, and is the storage of back-ups."""
    for name in server.names():
        server.client.delete_object(Bucket=BUCKET, Key=name)
    keep_in(settings, BACKEND, server.options("127.0.0.1", server.port))
    settings.MATINEE_BACKUP_FOLDER = tmp_path / "work"
    return server


def keep_in(settings: Settings, backend: str, options: dict[str, Any]) -> None:
    settings.STORAGES = {
        **settings.STORAGES,
        "backups": {"BACKEND": backend, "OPTIONS": options},
    }


def back_up(*words: str) -> str:
    told = StringIO()
    call_command("backup", *words, stdout=told)
    return told.getvalue()


def test_it_is_kept_in_the_storage_alone_and_restored_from_there(
    site: None,
    passphrase: str,
    store: ObjectStore,
    empty_machine: dict[str, str],
    manage: Manage,
    settings: Settings,
) -> None:
    before = here()
    told = back_up("--to", PLACE)
    [name] = store.names()
    assert f"Written and verified: {PLACE}/{name}" in told
    assert {one.name for one in settings.MATINEE_BACKUP_FOLDER.iterdir()} == {".lock"}

    empty_machine["BACKUPS_BACKEND"] = BACKEND
    empty_machine["BACKUPS_OPTIONS"] = json.dumps(store.options("127.0.0.1", store.port))
    unnamed = manage("restore", PLACE)
    assert unnamed.returncode == 1
    assert f"The newest: {name}." in unnamed.stderr
    done = manage("restore", f"{PLACE}/{name}")
    assert done.returncode == 0, done.stderr
    assert tables(empty_machine["DATABASE_NAME"]) == before
    assert not list(Path(empty_machine["MATINEE_VAR"]).glob("restore-*"))


def test_old_ones_go_from_the_storage_and_other_files_stay(
    site: None, passphrase: str, store: ObjectStore, settings: Settings
) -> None:
    settings.MATINEE_BACKUP_TO = PLACE
    old, young = (name_at(datetime.now(UTC) - timedelta(days=days)) for days in (40, 2))
    for name in (old, young, "films.zip"):
        store.client.put_object(Bucket=BUCKET, Key=name, Body=b"x")
    told = back_up()
    assert f"Removed after 30 days: {old}" in told
    kept = store.names()
    assert {young, "films.zip"} < kept
    assert len(kept) == 3


def test_a_storage_that_is_away_or_for_something_else_is_told(
    site: None, passphrase: str, store: ObjectStore, settings: Settings
) -> None:
    for place, reason in (
        ("storage:artifacts", "no place for back-ups"),
        ("storage:../etc", "no place for back-ups"),
        ("storage:nowhere", "no storage 'nowhere'"),
    ):
        with pytest.raises(CommandError, match=reason):
            back_up("--to", place)
    options = {**store.options("127.0.0.1", store.port), "bucket_name": "not-there"}
    keep_in(settings, BACKEND, options)
    with pytest.raises(CommandError, match=f"{PLACE} failed: .*NoSuchBucket"):
        back_up("--to", PLACE)
    assert {one.name for one in settings.MATINEE_BACKUP_FOLDER.iterdir()} == {".lock"}


class Forgetful(InMemoryStorage):
    """Loses the last byte of what it is given."""

    def _save(self, name: str, content: Any) -> str:
        kept: str = super()._save(name, content)
        with self.open(kept, "r+b") as file:
            file.truncate(file.size - 1)
        return kept


def test_what_the_storage_does_not_give_back_as_written_is_no_back_up(
    site: None, passphrase: str, settings: Settings, tmp_path: Path
) -> None:
    settings.MATINEE_BACKUP_FOLDER = tmp_path
    keep_in(settings, f"{__name__}.Forgetful", {})
    with pytest.raises(CommandError, match=r"did not keep matinee-.* as it was written"):
        back_up("--to", PLACE)
    assert StoragePlace("backups").names() == []
    assert storages["backups"].listdir("") == ([], [])

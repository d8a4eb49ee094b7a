"""Each look at what the site leans on."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.files.storage import storages
from django.db import connection
from django.utils import timezone

from moviesite.health import checks, heartbeats, upkeep
from moviesite.health.models import CacheEntry, Heartbeat


def seen(name: str, ago: timedelta) -> None:
    Heartbeat.objects.create(name=name, at=timezone.now() - ago)


def test_a_database_that_only_reads_is_not_enough(transactional_db: None) -> None:
    assert checks.database() == "ok"
    with connection.cursor() as cursor:
        cursor.execute("SET default_transaction_read_only = on")
        try:
            assert checks.database() == "not writable"
        finally:
            cursor.execute("SET default_transaction_read_only = off")


@pytest.mark.parametrize(
    ("check", "name"),
    [
        (checks.beat, "beat"),
        (checks.worker, "worker:default"),
        (checks.training, "worker:training"),
    ],
)
def test_who_was_not_heard_of_for_long_is_silent(db: None, check: checks.Check, name: str) -> None:
    assert check() == "never seen"
    seen(name, timedelta(hours=1))
    assert check() == "silent"
    heartbeats.tell(name)
    assert check() == "ok"


def disk(monkeypatch: pytest.MonkeyPatch, *, free: int = 10**12, **found: int) -> str:
    whole = {"f_flag": 0, "f_files": 10**6, "f_favail": 10**6, **found}
    monkeypatch.setattr(os, "statvfs", lambda _: SimpleNamespace(**whole))
    monkeypatch.setattr(checks.shutil, "disk_usage", lambda _: SimpleNamespace(free=free))
    return checks.disk()


def test_the_room_on_the_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    assert disk(monkeypatch) == "ok"
    assert disk(monkeypatch, free=5 * 10**8) == "low"
    assert disk(monkeypatch, free=10**6) == "full"
    assert disk(monkeypatch, f_favail=3) == "no room for files"
    assert disk(monkeypatch, f_files=0, f_favail=0) == "ok"  # such as btrfs, which has no bound
    assert disk(monkeypatch, f_flag=os.ST_RDONLY) == "read-only"


def test_the_artifact_store_is_written_to(settings: Any, tmp_path: Path) -> None:
    def store_in(place: Path) -> None:
        backend = "django.core.files.storage.FileSystemStorage"
        options = {"location": str(place)}
        artifacts = {"BACKEND": backend, "OPTIONS": options}
        settings.STORAGES = {**settings.STORAGES, "artifacts": artifacts}

    store_in(tmp_path / "store")
    assert checks.artifacts() == "ok"
    assert storages["artifacts"].listdir(checks.PROBE) == ([], [])
    (tmp_path / "file").write_text("no folder")
    store_in(tmp_path / "file")
    assert checks.artifacts() == "not writable"


def test_the_age_of_the_back_up(settings: Any, tmp_path: Path) -> None:
    settings.MATINEE_BACKUP_FOLDER = tmp_path / "backups"
    settings.MATINEE_BACKUP_WARN_DAYS = 8
    settings.LOCAL = True
    assert checks.backup() == "ok"
    settings.LOCAL = False
    assert checks.backup() == "none"
    settings.MATINEE_BACKUP_FOLDER.mkdir()
    (settings.MATINEE_BACKUP_FOLDER / "matinee-20240101T000000Z.backup").touch()
    assert checks.backup() == "old"
    now = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
    (settings.MATINEE_BACKUP_FOLDER / f"matinee-{now}.backup").touch()
    assert checks.backup() == "ok"
    settings.MATINEE_BACKUP_WARN_DAYS = 0
    settings.MATINEE_BACKUP_FOLDER = tmp_path / "nowhere"
    assert checks.backup() == "ok"


def test_mail_is_as_the_last_try_found_it(db: None, settings: Any) -> None:
    assert checks.mail() == "ok"  # a local run prints its mails
    settings.LOCAL = False
    assert checks.mail() == "untried"
    upkeep.look_after_site()
    assert checks.mail() == "ok"
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    upkeep.look_after_site()
    assert checks.mail() == "unreachable"
    Heartbeat.objects.update(at=timezone.now() - timedelta(days=1))
    assert checks.mail() == "untried"


def test_what_ran_out_is_forgotten(db: None) -> None:
    for name, ahead in (("old", -1), ("new", 1)):
        expires = timezone.now() + timedelta(hours=ahead)
        CacheEntry.objects.create(cache_key=name, value="", expires=expires)
    upkeep.look_after_site()
    assert list(CacheEntry.objects.values_list("pk", flat=True)) == ["new"]

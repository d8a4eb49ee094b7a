"""Back-ups by the schedule: beat knows when, a worker makes them, health and doctor hear of it."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from celery import current_app
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django_celery_beat.models import PeriodicTask
from pytest_django import Settings

from moviesite.backup.names import name_at
from moviesite.backup.places import Folder
from moviesite.backup.tasks import back_up
from moviesite.doctor import backups as doctor
from moviesite.doctor.diagnosis import Finding
from moviesite.health import checks, upkeep
from moviesite.health.scheduler import WatchedScheduler
from moviesite.settings.files import daily_backup

from .conftest import ROOT
from .test_places import keep_in

IN_MEMORY = "django.core.files.storage.InMemoryStorage"


@pytest.fixture(autouse=True)
def public(settings: Settings, tmp_path: Path) -> Settings:
    settings.LOCAL = False
    settings.MATINEE_BACKUP_FOLDER = tmp_path / "backups"
    settings.MATINEE_BACKUP_AT = "03:30"
    return settings


def send() -> None:
    """As a worker runs it."""
    back_up.apply(throw=True)


def findings() -> dict[str, Finding]:
    return {one.subject: one for one in (*doctor.schedule(), *doctor.newest())}


def schedule(settings: Settings, at: str) -> list[PeriodicTask]:
    """What beat finds in its table, after it started with this setting."""
    settings.MATINEE_BACKUP_AT = at
    current_app.conf.beat_schedule = daily_backup(at)
    try:
        WatchedScheduler(app=current_app, lazy=False)
    finally:
        current_app.conf.beat_schedule = {}
    return list(PeriodicTask.objects.filter(task=back_up.name))


@pytest.mark.django_db(transaction=True)
def test_the_setting_is_an_entry_of_the_schedule_for_as_long_as_it_is_set(
    settings: Settings,
) -> None:
    assert schedule(settings, "") == []
    [entry] = schedule(settings, "03:30")
    assert entry.enabled
    assert (entry.crontab.hour, entry.crontab.minute) == ("3", "30")
    assert str(entry.crontab.timezone) == "UTC"
    [entry] = schedule(settings, "22:05")
    assert (entry.crontab.hour, entry.crontab.minute) == ("22", "5")
    assert schedule(settings, "") == []


def test_a_time_that_is_none_is_refused() -> None:
    told = subprocess.run(
        [sys.executable, "-W", "ignore", "manage.py", "check"],
        cwd=ROOT,
        env={**os.environ, "MATINEE_BACKUP_AT": "nightly"},
        capture_output=True,
        text=True,
    )
    assert told.returncode
    assert "MATINEE_BACKUP_AT must be a time such as 03:30, and is 'nightly'" in told.stderr


def test_a_worker_backs_up_keeps_by_age_and_health_sees_it(
    site: None, passphrase: str, settings: Settings
) -> None:
    folder: Path = settings.MATINEE_BACKUP_FOLDER
    folder.mkdir()
    old = name_at(datetime.now(UTC) - timedelta(days=31))
    (folder / old).touch()
    assert checks.backup() == "old"
    assert findings()["Newest back-up"].state == "hint"
    send()
    [made] = Folder(folder).names()
    assert made != old
    assert checks.backup() == "ok"
    assert {one.state for one in findings().values()} == {"ok"}


def test_one_that_fails_is_told_until_one_succeeds(
    site: None, passphrase: str, settings: Settings
) -> None:
    send()
    settings.MATINEE_BACKUP_PASSPHRASE = ""
    with pytest.raises(Exception, match="There is no passphrase"):
        send()
    assert checks.backup() == "failed"
    assert "MATINEE_BACKUP_PASSPHRASE" in findings()["Back-ups by the schedule"].advice
    settings.MATINEE_BACKUP_PASSPHRASE = passphrase
    assert "failed: There is no passphrase" in findings()["Back-ups by the schedule"].text
    send()
    assert checks.backup() == "ok"


def test_what_a_storage_holds_is_noted_by_the_worker(db: None, settings: Settings) -> None:
    settings.MATINEE_BACKUP_TO = "storage:backups"
    keep_in(settings, IN_MEMORY, {})
    upkeep.look_after_site()
    assert checks.backup() == "none"
    assert findings()["Newest back-up"].state == "hint"

    for days, word in ((9, "old"), (1, "ok")):
        name = name_at(datetime.now(UTC) - timedelta(days=days))
        storages["backups"].save(name, ContentFile(b"x"))
        upkeep.look_after_site()
        assert checks.backup() == word

    settings.MATINEE_BACKUP_TO = "storage:nowhere"
    upkeep.look_after_site()
    assert checks.backup() == "unreachable"
    assert findings()["Newest back-up"].state == "wrong"

"""One look at each thing that the site leans on; each answers with a word, ``ok`` or what is wrong.

A look costs milliseconds, and tells no secret: anybody may ask whether the site is ready.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.core.cache import caches
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

from moviesite.backup.errors import BackupError
from moviesite.cache import CacheWithFallback
from moviesite.health import backups, heartbeats
from moviesite.health.models import Heartbeat
from recommender.versions.artifacts import probe

OK = "ok"

# Of a process that shows itself every 15 s.
SILENT_AFTER = timedelta(seconds=90)
# Mail is tried every five minutes.
UNTRIED_AFTER = timedelta(minutes=20)

FULL_BELOW = 64 * 2**20  # bytes; PostgreSQL itself asks for 16 MB at once
LOW_BELOW = 2**30
FEWEST_FILES = 1_000
PROBE = "ready-probe"

_migrated = False


def database() -> str:
    """Written to, since a database that can only be read serves no member."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return "unreachable"
    if migrations() == "pending":
        return OK  # there may be no table yet; this is told as what it is
    try:
        heartbeats.tell(PROBE)
    except DatabaseError:
        return "not writable"
    return OK


def migrations() -> str:
    global _migrated
    if not _migrated:
        try:
            executor = MigrationExecutor(connection)
        except DatabaseError:
            return "unknown"
        _migrated = not executor.migration_plan(executor.loader.graph.leaf_nodes())
    return OK if _migrated else "pending"


def cache() -> str:
    asked = caches["default"]
    return OK if not isinstance(asked, CacheWithFallback) or asked.answers() else "unreachable"


def disk() -> str:
    """Of the folder of the state, on which a local run has its database, too."""
    folder = _existing(settings.VAR_DIR)
    try:
        found = os.statvfs(folder)
        if found.f_flag & os.ST_RDONLY:
            return "read-only"
        free = shutil.disk_usage(folder).free
    except OSError:
        return "unreadable"
    if free < FULL_BELOW:
        return "full"
    if found.f_files and found.f_favail < FEWEST_FILES:
        return "no room for files"
    return "low" if free < LOW_BELOW else OK


def artifacts() -> str:
    """The store of trained models, which training writes and web processes read."""
    try:
        probe(f"{PROBE}/{os.getpid()}")
    except OSError:
        return "not writable"
    return OK


def beat() -> str:
    return _alive(heartbeats.BEAT)


def worker() -> str:
    return _alive(heartbeats.worker_of("default"))


def training() -> str:
    return _alive(heartbeats.worker_of("training"))


def backup() -> str:
    """How old the newest one is; none is missed where the site runs for its developer alone."""
    if settings.MATINEE_BACKUP_AT and backups.last_failure():
        return "failed"
    if settings.MATINEE_BACKUP_WARN_DAYS <= 0:
        return OK
    try:
        age = backups.known_age()
    except BackupError:
        return "unreachable"
    if age is None:
        return OK if settings.LOCAL else "none"
    return "old" if age > timedelta(days=settings.MATINEE_BACKUP_WARN_DAYS) else OK


def mail() -> str:
    """What the last try by the worker said, see `moviesite.health.tasks`."""
    if settings.LOCAL:
        return OK
    tried = Heartbeat.objects.filter(pk=heartbeats.MAIL).first()
    if tried is None or heartbeats.age_of(heartbeats.MAIL) > UNTRIED_AFTER:  # type: ignore[operator]
        return "untried"
    return "unreachable" if tried.problem else OK


def _alive(name: str) -> str:
    age = heartbeats.age_of(name)
    return "never seen" if age is None else "silent" if age > SILENT_AFTER else OK


def _existing(folder: Path) -> Path:
    return next((one for one in (folder, *folder.parents) if one.exists()), folder)


Check = Callable[[], str]
# Without these no page can be served, or none that writes.
VITAL: dict[str, Check] = {"database": database, "migrations": migrations, "disk": disk}
# Without these pages are served all the same.
USEFUL: dict[str, Check] = {
    "cache": cache,
    "artifacts": artifacts,
    "worker": worker,
    "training": training,
    "beat": beat,
    "backup": backup,
    "mail": mail,
}
# What of these asks the database.
IN_TABLES = {"worker", "training", "beat", "backup", "mail"}
# Vital checks whose word is only a warning.
WARNINGS = {("disk", "low")}

"""This machine: Python, disk, memory."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

import psutil
from django.conf import settings
from django.core.files.storage import FileSystemStorage, storages
from django.utils.translation import gettext as _

from .diagnosis import Findings, hint, ok, wrong

MB = 10**6
LEAST_DISK, LITTLE_DISK = 500 * MB, 3_000 * MB
LEAST_MEMORY, LITTLE_MEMORY = 300 * MB, 1_500 * MB
OLDEST_PYTHON, NEWEST_PYTHON = (3, 11), (3, 13)


def python() -> Findings:
    running = f"{sys.version_info.major}.{sys.version_info.minor}.{sys.version_info.micro}"
    told = {"version": running}
    if OLDEST_PYTHON <= sys.version_info[:2] <= NEWEST_PYTHON:
        yield ok("Python", _("Version %(version)s.") % told)
    else:
        yield wrong(
            "Python",
            _("Version %(version)s, for which Matinee was not tested.") % told,
            _("Install Python 3.11, 3.12 or 3.13."),
        )


def folders() -> dict[Path, str]:
    """Where the site writes on this machine, and what."""
    found = {Path(settings.VAR_DIR): _("state")}
    for alias, what in (("artifacts", _("trained models")), ("images", _("pictures"))):
        storage = storages[alias]
        if isinstance(storage, FileSystemStorage):
            found.setdefault(Path(storage.location), what)
    return found


def disk() -> Findings:
    told_of = set()
    for folder, what in folders().items():
        there = next(one for one in (folder, *folder.parents) if one.exists())
        subject = _("Disk: %(what)s") % {"what": what}
        if not _writable(there):
            yield wrong(
                subject,
                _("%(folder)s cannot be written to.") % {"folder": there},
                _("Give it to the account that the site runs as."),
            )
            continue
        if (device := os.stat(there).st_dev) in told_of:
            continue
        told_of.add(device)
        free = psutil.disk_usage(str(there)).free
        told = {"free": f"{free / 1e9:.1f}", "folder": there}
        text = _("%(free)s GB are free at %(folder)s.") % told
        if free < LEAST_DISK:
            yield wrong(subject, text, _("Make room: pages fail on a full disk."))
        elif free < LITTLE_DISK:
            yield hint(subject, text, _("Make room before the next training and back-up."))
        else:
            yield ok(subject, text)


def _writable(folder: Path) -> bool:
    try:
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(b"written by the doctor")
    except OSError:
        return False
    return True


def memory() -> Findings:
    subject, free = _("Memory"), psutil.virtual_memory().available
    text = _("%(free)s GB are free.") % {"free": f"{free / 1e9:.1f}"}
    if free < LEAST_MEMORY:
        yield wrong(subject, text, _("Run fewer web processes (WEB_CONCURRENCY) or add memory."))
    elif free < LITTLE_MEMORY:
        yield hint(subject, text, _("A training may need more than that."))
    else:
        yield ok(subject, text)


def static_files() -> Findings:
    subject = _("Static files")
    manifest = Path(settings.STATIC_ROOT) / "staticfiles.json"
    if manifest.is_file():
        yield ok(subject, _("They are collected in %(folder)s.") % {"folder": manifest.parent})
    else:
        yield wrong(
            subject,
            _("None are collected in %(folder)s: every page is an error.")
            % {"folder": manifest.parent},
            "manage.py collectstatic --noinput",
        )

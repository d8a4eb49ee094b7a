"""Making a back-up, and removing those that are old."""

from __future__ import annotations

import fcntl
import io
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from django.conf import settings

from moviesite.backup import database
from moviesite.backup.archive import read_archive, write_archive
from moviesite.backup.errors import BackupError
from moviesite.backup.manifest import describe_site
from moviesite.backup.stored_files import add_files

_STAMP = "%Y%m%dT%H%M%SZ"
_NAME = re.compile(r"matinee-(\d{8}T\d{6}Z)\.backup")
_WORK = ".matinee-backup-"


def create_backup(folder: Path, passphrase: str | None) -> Path:
    """Write a back-up into the folder, read it again from front to end, and say where it is.

    Raises
    ------
    BackupError
        When something fails; nothing is left in the folder then.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with _alone(folder) as work:
            path = work / "backup"
            _write(path, work, passphrase)
            read_archive(path, passphrase)
            target = folder / f"matinee-{datetime.now(UTC).strftime(_STAMP)}.backup"
            path.rename(target)
            return target
    except OSError as error:
        raise BackupError(f"No back-up was made: {error}.") from error


def remove_old(folder: Path, days: int, now: datetime) -> list[Path]:
    """Remove back-ups older than so many days, by their names; the newest always stays."""
    before = (now - timedelta(days=days)).strftime(_STAMP)
    dated = sorted(
        (found.group(1), path) for path in folder.iterdir() if (found := _NAME.fullmatch(path.name))
    )
    old = [path for made, path in dated[:-1] if made < before]
    for path in old:
        path.unlink()
    return old


def newest_age(folder: Path) -> timedelta | None:
    """How old the newest back-up in the folder is, by its name; None where there is none."""
    try:
        names = [found.group(1) for name in os.listdir(folder) if (found := _NAME.fullmatch(name))]
    except OSError:
        return None
    if not names:
        return None
    return datetime.now(UTC) - datetime.strptime(max(names), _STAMP).replace(tzinfo=UTC)


def _write(path: Path, work: Path, passphrase: str | None) -> None:
    manifest = describe_site()
    dump = work / "database.dump"
    # First, so that the files of each model that it names are there.
    database.dump(database.find_clients(manifest.postgresql), dump)
    with path.open("xb") as file:
        os.fchmod(file.fileno(), 0o600)
        with write_archive(file, passphrase) as archive:
            with dump.open("rb") as content:
                archive.add("database.dump", content, dump.stat().st_size)
            add_files(archive)
            if passphrase:
                key = settings.SECRET_KEY.encode()
                archive.add("secret-key", io.BytesIO(key), len(key))
            archive.finish(manifest)
        file.flush()
        os.fsync(file.fileno())


@contextmanager
def _alone(folder: Path) -> Iterator[Path]:
    """A private folder of work, with no other back-up at work beside it."""
    with (folder / ".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise BackupError(f"Another back-up into {folder} is at work.") from error
        for left in folder.glob(f"{_WORK}*"):
            shutil.rmtree(left)  # of one that was killed
        with tempfile.TemporaryDirectory(prefix=_WORK, dir=folder) as work:
            yield Path(work)

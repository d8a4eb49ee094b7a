"""Making a back-up in a folder of this machine."""

from __future__ import annotations

import fcntl
import io
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings

from moviesite.backup import database
from moviesite.backup.archive import read_archive, write_archive
from moviesite.backup.errors import BackupError
from moviesite.backup.manifest import describe_site
from moviesite.backup.names import name_at
from moviesite.backup.stored_files import add_files

_WORK = ".matinee-backup-"


def create_backup(
    folder: Path, passphrase: str | None, send: Callable[[Path, str], None] | None = None
) -> Path:
    """Write a back-up into the folder, read it again from front to end, and say where it is.

    With ``send`` it is handed over under its name instead of being kept there.

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
            target = folder / name_at(datetime.now(UTC))
            if send is None:
                path.rename(target)
            else:
                send(path, target.name)
            return target
    except OSError as error:
        raise BackupError(f"No back-up was made: {error}.") from error


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

"""Where back-ups are kept: a folder of this machine, or one of Django's storages.

A place is written as ``/srv/backups`` or ``storage:backups``, one back-up in it as
``/srv/backups/matinee-….backup`` or ``storage:backups/matinee-….backup``.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import BinaryIO, Protocol

from django.conf import settings
from django.core.files import File
from django.core.files.storage import InvalidStorageError, Storage, storages

from moviesite.backup.create import create_backup
from moviesite.backup.errors import BackupError
from moviesite.backup.names import in_order, made_at

PREFIX = "storage:"
# The first three are themselves backed up or fetched again; the last is open to everybody.
_NOT_FOR_BACKUPS = ("artifacts", "default", "images", "staticfiles")


@dataclass(frozen=True)
class Made:
    """Where a back-up is, as `fetched` takes it, and its bytes."""

    where: str
    size: int


class Place(Protocol):
    def create(self, passphrase: str | None) -> Made:
        """Write a back-up and verify it. Raises `BackupError`; nothing is left there then."""
        ...

    def names(self) -> list[str]:
        """The back-ups, the oldest first. Raises `BackupError` where the place does not answer."""
        ...

    def remove(self, name: str) -> None: ...


@dataclass(frozen=True)
class Folder:
    path: Path

    def __str__(self) -> str:
        return str(self.path)

    def create(self, passphrase: str | None) -> Made:
        made = create_backup(self.path, passphrase)
        return Made(str(made), made.stat().st_size)

    def names(self) -> list[str]:
        try:
            return in_order(os.listdir(self.path))
        except FileNotFoundError:
            return []
        except OSError as error:
            raise BackupError(f"{self.path} cannot be read: {error.strerror}.") from error

    def remove(self, name: str) -> None:
        (self.path / name).unlink()


@dataclass(frozen=True)
class StoragePlace:
    """A storage of ``STORAGES``; back-ups are written and verified on this machine first."""

    alias: str

    def __str__(self) -> str:
        return f"{PREFIX}{self.alias}"

    def create(self, passphrase: str | None) -> Made:
        sent: list[Made] = []

        def send(path: Path, name: str) -> None:
            self._upload(path, name)
            sent.append(Made(f"{self}/{name}", path.stat().st_size))

        create_backup(settings.MATINEE_BACKUP_FOLDER, passphrase, send)
        return sent[0]

    def names(self) -> list[str]:
        with self._opened() as storage:
            try:
                return in_order(storage.listdir("")[1])
            except FileNotFoundError:
                return []

    def remove(self, name: str) -> None:
        with self._opened() as storage:
            storage.delete(name)

    def fetch(self, name: str, target: Path) -> None:
        with self._opened() as storage, storage.open(name) as source, target.open("xb") as file:
            shutil.copyfileobj(source, file, 2**20)

    def _upload(self, path: Path, name: str) -> None:
        """Write it there and read it again: it has to be what was verified here."""
        with self._opened() as storage:
            with path.open("rb") as file:
                kept = storage.save(name, File(file))
            try:
                with path.open("rb") as file, storage.open(kept) as there:
                    same = _digest(file) == _digest(there)
                if kept != name or not same:
                    raise BackupError(f"{self} did not keep {name} as it was written.")
            except BaseException:
                with suppress(Exception):  # what went wrong before is the one to tell
                    storage.delete(kept)
                raise

    @contextmanager
    def _opened(self) -> Iterator[Storage]:
        """The storage, whose errors, of whatever library, become ours."""
        try:
            yield storages[self.alias]
        except BackupError:
            raise
        except InvalidStorageError as error:
            raise BackupError(
                f"There is no storage {self.alias!r}: BACKUPS_BACKEND and BACKUPS_OPTIONS set the "
                "one named backups."
            ) from error
        except Exception as error:
            raise BackupError(f"{self} failed: {error}") from error


def place_of(text: str) -> Folder | StoragePlace:
    """Raises `BackupError` for a storage that holds something else."""
    if not text.startswith(PREFIX):
        return Folder(Path(text))
    alias = text.removeprefix(PREFIX)
    if alias in _NOT_FOR_BACKUPS or not alias.isidentifier():
        raise BackupError(f"{text} is no place for back-ups: set BACKUPS_BACKEND.")
    return StoragePlace(alias)


def usual_place() -> Folder | StoragePlace:
    """Where back-ups go unless a command says otherwise."""
    return place_of(settings.MATINEE_BACKUP_TO or str(settings.MATINEE_BACKUP_FOLDER))


def remove_old(place: Place, days: int, now: datetime) -> list[str]:
    """Remove back-ups older than so many days, by their names; the newest always stays."""
    before = now - timedelta(days=days)
    old = [name for name in place.names()[:-1] if (made := made_at(name)) and made < before]
    for name in old:
        place.remove(name)
    return old


def newest(place: Place) -> datetime | None:
    """When the newest back-up there was made; None where there is none. Raises `BackupError`."""
    names = place.names()
    return made_at(names[-1]) if names else None


def age_of_newest(place: Place) -> timedelta | None:
    made = newest(place)
    return datetime.now(UTC) - made if made else None


@contextmanager
def fetched(text: str) -> Iterator[Path]:
    """The file of a back-up, brought to this machine for as long as it is wanted.

    Raises
    ------
    BackupError
        When the storage does not answer or has no back-up of this name, and says which it has.
    """
    where, _, name = text.partition("/")
    place = place_of(where) if text.startswith(PREFIX) else None
    if not isinstance(place, StoragePlace):
        yield Path(text)
        return
    names = place.names()
    if name not in names:
        there = ", ".join(reversed(names[-5:])) or "none"
        raise BackupError(f"Name a back-up of {place}, as {place}/NAME. The newest: {there}.")
    settings.VAR_DIR.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="restore-", dir=settings.VAR_DIR) as folder:
        target = Path(folder) / name
        place.fetch(name, target)
        yield target


def _digest(file: BinaryIO | File) -> bytes:
    digest = hashlib.sha256()
    while data := file.read(2**20):
        digest.update(data)
    return digest.digest()

"""The files of a back-up: uploads and trained models, from and to whatever storage holds them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from django.core.files import File
from django.core.files.storage import Storage, storages

from moviesite.backup.archive import ArchiveWriter
from moviesite.backup.errors import BackupError

# The room in the archive, and the storage. Pictures are fetched again.
STORAGES = {"media": "default", "artifacts": "artifacts"}


def add_files(archive: ArchiveWriter) -> None:
    for room, alias in STORAGES.items():
        storage = storages[alias]
        for name in _names(storage):
            try:
                file = storage.open(name)
            except FileNotFoundError:
                continue  # an upload that has just been imported, a model that was replaced
            with file:
                archive.add(f"{room}/{name}", file, file.size)


def restore_files(folder: Path) -> int:
    """Write what differs from what is there; how many files that were."""
    written = 0
    for room, alias in STORAGES.items():
        for path in sorted((folder / room).rglob("*")):
            if path.is_file():
                written += _put(storages[alias], path.relative_to(folder / room).as_posix(), path)
    return written


def _put(storage: Storage, name: str, path: Path) -> bool:
    with path.open("rb") as file:
        if storage.exists(name):
            with storage.open(name) as there:
                if _digest(there) == _digest(file):
                    return False
            file.seek(0)
            storage.delete(name)
        kept = storage.save(name, File(file))
    if kept != name:
        raise BackupError(f"The storage keeps {name} as {kept}: it has to keep names as they are.")
    return True


def _digest(file: BinaryIO | File) -> bytes:
    digest = hashlib.sha256()
    while data := file.read(2**20):
        digest.update(data)
    return digest.digest()


def _names(storage: Storage, folder: str = "") -> Iterator[str]:
    try:
        folders, files = storage.listdir(folder)
    except FileNotFoundError:
        return
    for name in sorted(files):
        yield f"{folder}/{name}" if folder else name
    for name in sorted(folders):
        yield from _names(storage, f"{folder}/{name}" if folder else name)

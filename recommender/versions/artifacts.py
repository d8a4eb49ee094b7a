"""The artifact store: write, remove, list, and find an artifact as a folder of this machine."""

from __future__ import annotations

import contextlib
import shutil
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files import File
from django.core.files.base import ContentFile
from django.core.files.storage import Storage, storages
from numpy.typing import NDArray

from recommender.learning.artifact import (
    ARRAYS_FILE,
    MANIFEST_FILE,
    ArtifactError,
    MissingArtifactError,
    write_artifact,
)

# The manifest last: a folder with a manifest is whole.
_FILES = (ARRAYS_FILE, MANIFEST_FILE)
_PART_PREFIX = ".part-"
_PART_SECONDS = 24 * 3600

KEPT_COPIES = 3  # on this machine, of artifacts from an object store


@contextlib.contextmanager
def _told_as_os_error() -> Iterator[None]:
    """Object stores fail with errors of their own libraries; whoever asks us knows ``OSError``."""
    try:
        yield
    except (OSError, ArtifactError):
        raise
    except Exception as error:
        raise OSError(f"the artifact store failed: {error}") from error


def probe(name: str) -> None:
    """Write a few bytes under this name and remove them. Raises ``OSError``."""
    storage = storages["artifacts"]
    with _told_as_os_error():
        storage.delete(storage.save(name, ContentFile(b"ready")))


def connect() -> None:
    """Reach the store where it is another machine's: what speaks to it takes a second to load.

    Raises ``OSError``.
    """
    storage = storages["artifacts"]
    if _local_base(storage) is None:
        with _told_as_os_error():
            storage.exists(MANIFEST_FILE)


def store(name: str, arrays: Mapping[str, NDArray[Any]], manifest: Mapping[str, Any]) -> None:
    """Write an artifact so that it is seen whole or not at all.

    In a folder of this machine it is written beside its place, flushed and renamed; to an object
    store it is uploaded, the manifest last. Raises ``OSError`` when there is no room or no store;
    nothing is left behind then.
    """
    storage = storages["artifacts"]
    base = _local_base(storage)
    with _part_folder(base) as part:
        write_artifact(part, arrays, manifest)
        if base is not None:
            place = base / name
            place.parent.mkdir(parents=True, exist_ok=True)
            part.chmod(0o755)
            if place.exists():
                shutil.rmtree(place)
            part.rename(place)
        else:
            _upload(storage, name, part)


def remove(name: str) -> None:
    """Remove an artifact; processes that have it mapped go on reading it."""
    storage = storages["artifacts"]
    base = _local_base(storage)
    if base is not None:
        shutil.rmtree(base / name, ignore_errors=True)
        return
    with _told_as_os_error():
        for file in reversed(_FILES):
            storage.delete(f"{name}/{file}")
    forget(name)


def names(folder: str) -> list[str]:
    """The artifacts in ``folder``, as ``folder/name``."""
    storage = storages["artifacts"]
    try:
        with _told_as_os_error():
            folders, _ = storage.listdir(folder)
    except FileNotFoundError:
        return []
    return [f"{folder}/{name}" for name in folders if not name.startswith(".")]


def local_folder(name: str) -> Path:
    """The folder of the artifact ``name``, copied from the object store where there is one.

    Raises ``MissingArtifactError`` when the store does not have it, ``OSError`` when it does not
    answer.
    """
    storage = storages["artifacts"]
    try:
        return Path(storage.path(name))
    except NotImplementedError:  # how Django says that a storage is not a local folder
        return _fetched(storage, name)


def forget(name: str) -> None:
    """Drop this machine's copy, so that a damaged one is fetched again."""
    shutil.rmtree(Path(settings.VAR_DIR) / "artifact-cache" / name, ignore_errors=True)


def _local_base(storage: Storage) -> Path | None:
    try:
        return Path(storage.path(""))
    except NotImplementedError:  # how Django says that a storage is not a local folder
        return None


@contextlib.contextmanager
def _part_folder(base: Path | None) -> Iterator[Path]:
    """A folder to write in, on the same file system as the store, gone afterwards."""
    if base is not None:
        base.mkdir(parents=True, exist_ok=True)
        _remove_old_parts(base)
    part = Path(tempfile.mkdtemp(prefix=_PART_PREFIX, dir=base))
    try:
        yield part
    finally:
        shutil.rmtree(part, ignore_errors=True)  # a part that was renamed is not there any more


def _remove_old_parts(base: Path) -> None:
    """What killed processes left behind."""
    for part in base.glob(f"{_PART_PREFIX}*"):
        with contextlib.suppress(FileNotFoundError):
            if time.time() - part.stat().st_mtime > _PART_SECONDS:
                shutil.rmtree(part, ignore_errors=True)


def _upload(storage: Storage, name: str, part: Path) -> None:
    sent = []
    try:
        with _told_as_os_error():
            for file in _FILES:
                with (part / file).open("rb") as source:
                    sent.append(storage.save(f"{name}/{file}", File(source)))
    except BaseException:
        for file in sent:
            with contextlib.suppress(OSError), _told_as_os_error():
                storage.delete(file)
        raise


def _fetched(storage: Storage, name: str) -> Path:
    cache = Path(settings.VAR_DIR) / "artifact-cache"
    folder = cache / name
    if folder.is_dir():
        return folder
    folder.parent.mkdir(parents=True, exist_ok=True)
    part = Path(tempfile.mkdtemp(prefix=".part-", dir=folder.parent))
    try:
        with _told_as_os_error():
            for file in (ARRAYS_FILE, MANIFEST_FILE):
                with storage.open(f"{name}/{file}") as source, (part / file).open("wb") as target:
                    shutil.copyfileobj(source, target)
        part.rename(folder)
    except FileNotFoundError as error:
        raise MissingArtifactError(f"the artifact store has no {error.filename or name}") from error
    except OSError:
        if not folder.is_dir():  # else another process of this machine was quicker
            raise
    finally:
        shutil.rmtree(part, ignore_errors=True)
    _forget_old_copies(folder)
    return folder


def _forget_old_copies(newest: Path) -> None:
    """Mapped files stay readable after their removal, so that no running process is hurt."""
    copies = [path for path in newest.parent.iterdir() if not path.name.startswith(".")]
    copies.sort(key=lambda path: path.stat().st_mtime, reverse=True)
    for path in copies[KEPT_COPIES:]:
        if path != newest:
            shutil.rmtree(path, ignore_errors=True)

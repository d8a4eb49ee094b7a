"""Artifacts as folders on this machine, wherever the deployment keeps them."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from django.conf import settings
from django.core.files.storage import Storage, storages

from recommender.learning.artifact import ARRAYS_FILE, MANIFEST_FILE, MissingArtifactError

KEPT_COPIES = 3


def local_folder(name: str) -> Path:
    """The folder of the artifact ``name``, copied from the object store where there is one.

    Raises ``MissingArtifactError`` when the store does not have it.
    """
    storage = storages["artifacts"]
    try:
        return Path(storage.path(name))
    except NotImplementedError:  # how Django says that a storage is not a local folder
        return _fetched(storage, name)


def _fetched(storage: Storage, name: str) -> Path:
    cache = Path(settings.VAR_DIR) / "artifact-cache"
    folder = cache / name
    if folder.is_dir():
        return folder
    folder.parent.mkdir(parents=True, exist_ok=True)
    part = Path(tempfile.mkdtemp(prefix=".part-", dir=folder.parent))
    try:
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


def forget(name: str) -> None:
    """Drop this machine's copy, so that a damaged one is fetched again."""
    shutil.rmtree(Path(settings.VAR_DIR) / "artifact-cache" / name, ignore_errors=True)


def _forget_old_copies(newest: Path) -> None:
    """Mapped files stay readable after their removal, so that no running process is hurt."""
    copies = [path for path in newest.parent.iterdir() if not path.name.startswith(".")]
    copies.sort(key=lambda path: path.stat().st_mtime, reverse=True)
    for path in copies[KEPT_COPIES:]:
        if path != newest:
            shutil.rmtree(path, ignore_errors=True)

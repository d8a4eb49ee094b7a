"""Downloading files of public data sets once, and checking them."""

from __future__ import annotations

import hashlib
import os
import shutil
import urllib.error
import urllib.request
from pathlib import Path

_TIMEOUT_SECONDS = 60


class DownloadError(OSError):
    """A data set could not be fetched, or is not what was expected."""


def cache_folder() -> Path:
    """Where data sets are kept: ``$MATINEE_CACHE_DIR``, or ``~/.cache/matinee``."""
    return Path(os.environ.get("MATINEE_CACHE_DIR") or Path.home() / ".cache" / "matinee")


def fetch(url: str, *, checksum: str | None = None) -> Path:
    """The local copy of ``url``, downloaded unless it is there already, and checked either way.

    ``checksum`` is ``md5:…`` or ``sha256:…``; without one the file is taken as it comes.

    Raises ``DownloadError`` when there is no network, when the server has no such file, or when
    the file does not have the given checksum.
    """
    if not url.startswith("https://"):
        raise ValueError(f"url must start with https://, got {url!r}")
    path = cache_folder() / url.removeprefix("https://").replace("/", "_")
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_name(f"{path.name}.{os.getpid()}.part")
        try:
            _download(url, part)
            _check(part, url, checksum)
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)
        return path
    _check(path, url, checksum)
    return path


def _download(url: str, part: Path) -> None:
    try:
        # The scheme was checked: only https comes here.
        request = urllib.request.urlopen(url, timeout=_TIMEOUT_SECONDS)  # noqa: S310
        with request as response, part.open("wb") as file:
            shutil.copyfileobj(response, file)
    except (urllib.error.URLError, TimeoutError, ConnectionError) as error:
        raise DownloadError(
            f"{url} could not be downloaded ({error}). Without a network, put the file into "
            f"{part.parent} as {part.name.rsplit('.', 2)[0]}"
        ) from error


def _check(path: Path, url: str, checksum: str | None) -> None:
    if checksum is None:
        return
    name, _, expected = checksum.partition(":")
    with path.open("rb") as file:
        found = hashlib.file_digest(file, name).hexdigest()
    if found != expected:
        raise DownloadError(f"{path}, from {url}, has {name} {found}, not {expected}")

"""Downloads that can be continued, with a checksum and progress."""

from __future__ import annotations

import hashlib
import http.client
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

PATIENCE = 15  # seconds without a byte
ATTEMPTS = 3
PAUSE = 1.0  # seconds between them
PIECE = 1 << 16

# Bytes so far, bytes in all (None when the server does not say).
OnProgress = Callable[[int, int | None], None]


class DownloadError(Exception):
    """The file could not be had; the message tells why in a few words."""


@dataclass(frozen=True)
class RemoteFile:
    """A file on the web and what it must be.

    Attributes
    ----------
    checksum
        ``sha256:...`` or ``md5:...``, in hexadecimal.
    """

    url: str
    checksum: str

    @property
    def name(self) -> str:
        return self.url.rsplit("/", 1)[-1]


def download(file: RemoteFile, folder: Path, on_progress: OnProgress) -> Path:
    """Fetch a file, continuing an earlier part of it; a verified one is not fetched again.

    Raises
    ------
    DownloadError
        When the server cannot be reached, breaks off every time, or sends something else.
    """
    target = folder / file.name
    if target.exists() and matches(target, file.checksum):
        return target
    folder.mkdir(parents=True, exist_ok=True)
    part = folder / f"{file.name}.part"
    for attempt in range(1, ATTEMPTS + 1):
        try:
            _fetch(file.url, part, on_progress)
            break
        except urllib.error.HTTPError as error:
            raise DownloadError(f"{file.url} answers {error.code} {error.reason}") from error
        except (OSError, http.client.HTTPException) as error:
            if attempt == ATTEMPTS:
                reason = getattr(error, "reason", None) or error
                raise DownloadError(f"{file.url} cannot be reached ({reason})") from error
            time.sleep(PAUSE)
    if not matches(part, file.checksum):
        part.unlink()
        raise DownloadError(f"{file.url} sent a file whose checksum is not {file.checksum}")
    part.rename(target)
    return target


def matches(path: Path, checksum: str) -> bool:
    algorithm, _, wanted = checksum.partition(":")
    with path.open("rb") as file:
        return hashlib.file_digest(file, algorithm).hexdigest() == wanted


def _fetch(url: str, part: Path, on_progress: OnProgress) -> None:
    """Append to ``part`` what it still lacks."""
    have = part.stat().st_size if part.exists() else 0
    request = urllib.request.Request(url)  # noqa: S310  (addresses are our own constants)
    if have:
        request.add_header("Range", f"bytes={have}-")
    try:
        answer = urllib.request.urlopen(request, timeout=PATIENCE)  # noqa: S310
    except urllib.error.HTTPError as error:
        if error.code == http.HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE:
            return  # all of it is there already; the checksum will tell
        raise
    with answer:
        if answer.status != http.HTTPStatus.PARTIAL_CONTENT:
            have = 0  # the server sends all of it again
        length = answer.headers.get("Content-Length")
        total = have + int(length) if length else None
        with part.open("ab" if have else "wb") as file:
            while piece := answer.read(PIECE):
                file.write(piece)
                have += len(piece)
                on_progress(have, total)
    if total is not None and have < total:
        raise http.client.IncompleteRead(b"", total - have)

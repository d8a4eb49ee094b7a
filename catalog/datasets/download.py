"""Downloading known datasets: resumed where it broke off, checked, and kept.

pooch keeps and checks the files; only going on after a break, which it cannot, is done here.
"""

import logging
import shutil
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPException, HTTPResponse
from pathlib import Path
from typing import cast

import pooch

from .known import CREDITS, DOWNLOADS
from .records import DatasetError
from .report import Watch

ATTEMPTS = 4
PATIENCE = 20  # seconds without a byte
BLOCK = 1 << 16


class DownloadError(DatasetError):
    """A dataset could not be fetched."""


def locate(source: str, folder: Path, *, watch: Watch | None = None) -> Path:
    """Where the dataset is that ``source`` names: a path, or a known name.

    A known name means the folder or zip of that name in ``folder``, downloaded first where it is
    missing. Raises DownloadError when that fails, DatasetError for a name that is not known.
    """
    path = Path(source).expanduser()
    if path.exists():
        return path
    for kept in (folder / source, folder / f"{source}.zip"):
        if source in CREDITS and kept.exists():
            return kept
    if source in DOWNLOADS:
        return download(source, folder, watch=watch)
    if source in CREDITS:
        raise DatasetError(
            f"{CREDITS[source].title} cannot be downloaded without an account: get it from "
            f"{CREDITS[source].url} and name its folder or zip, or put it at {folder / source}."
        )
    raise DatasetError(
        f"{source!r} is neither a folder, nor a zip file, nor one of the datasets known by name: "
        f"{', '.join(sorted(CREDITS))}."
    )


def download(name: str, folder: Path, *, watch: Watch | None = None) -> Path:
    """Fetch a known dataset into ``folder`` as NAME.zip, going on where an earlier try stopped.

    Raises
    ------
    DownloadError
        When its host cannot be reached, the disk is full, or the file is not the published one.
    """
    wanted, file_name = DOWNLOADS[name], f"{name}.zip"
    pooch.get_logger().setLevel(logging.WARNING)  # ``watch`` is told

    def resume(url: str, output: str, _: object) -> None:
        part = folder / f"{file_name}.part"
        _fetch(url, part, watch)
        part.replace(output)

    try:
        kept = pooch.retrieve(wanted.url, wanted.checksum, file_name, folder, downloader=resume)
    except ValueError as error:
        raise DownloadError(
            f"{wanted.url} is not the file that was published (its {wanted.checksum} does not "
            "fit): it was thrown away. Try again, or name a folder or zip of your own."
        ) from error
    except OSError as error:
        raise DownloadError(f"{wanted.url} could not be kept in {folder}: {error}") from error
    return Path(kept)


def _fetch(url: str, part: Path, watch: Watch | None) -> None:
    reason: Exception | None = None
    for _ in range(ATTEMPTS):
        try:
            if _fetch_rest(url, part, watch):
                return
            reason = DownloadError("the connection was closed early")
        except urllib.error.HTTPError as error:
            if error.code != 416:
                raise DownloadError(f"{url} cannot be had: {error}") from error
            part.unlink(missing_ok=True)  # more is here than there: begin again
        except urllib.error.URLError as error:
            raise DownloadError(f"{url} cannot be reached: {error.reason}") from error
        except (TimeoutError, ConnectionError, HTTPException) as error:
            reason = error
    raise DownloadError(f"{url} broke off {ATTEMPTS} times, at last with: {reason}")


def _fetch_rest(url: str, part: Path, watch: Watch | None) -> bool:
    """Append what is missing; True when all of it has come."""
    with _answer(url, part.stat().st_size if part.exists() else 0) as (answer, position):
        rest = int(answer.headers.get("Content-Length") or 0)
        free = shutil.disk_usage(part.parent).free
        if rest > free:
            raise DownloadError(
                f"{url} needs {rest / 1e6:.0f} MB, and the disk has {free / 1e6:.0f} MB free."
            )
        total = position + rest
        with part.open("r+b" if position else "wb") as file:
            file.seek(position)
            while block := answer.read(BLOCK):
                file.write(block)
                position += len(block)
                if watch:
                    watch(part.name.removesuffix(".part"), position, max(total, position))
        return position >= total


@contextmanager
def _answer(url: str, have: int) -> Iterator[tuple[HTTPResponse, int]]:
    """The answer, and the position that it begins at: 0 where the host does not resume."""
    request = urllib.request.Request(url, headers={"User-Agent": "Matinee"})  # noqa: S310
    if have:
        request.add_header("Range", f"bytes={have}-")
    with urllib.request.urlopen(request, timeout=PATIENCE) as answer:  # noqa: S310
        yield cast(HTTPResponse, answer), have if answer.status == 206 else 0

"""Downloading files of public data sets once, and checking them: pooch does both."""

from __future__ import annotations

import logging
import os
from pathlib import Path

import pooch

_TIMEOUT_SECONDS = 60


class DownloadError(OSError):
    """A data set could not be fetched, or is not what was expected."""


def cache_folder() -> Path:
    """Where data sets are kept: ``$MATINEE_CACHE_DIR``, or ``~/.cache/matinee``."""
    return Path(os.environ.get("MATINEE_CACHE_DIR") or Path.home() / ".cache" / "matinee")


def fetch(url: str, *, checksum: str | None = None) -> Path:
    """The local copy of ``url``, downloaded unless it is there already and has the checksum.

    ``checksum`` is ``md5:…`` or ``sha256:…``; without one the file is taken as it comes.

    Raises ``DownloadError`` when there is no network, when the server has no such file, or when
    what it has does not have the given checksum.
    """
    if not url.startswith("https://"):
        raise ValueError(f"url must start with https://, got {url!r}")
    folder, name = cache_folder(), url.removeprefix("https://").replace("/", "_")
    pooch.get_logger().setLevel(logging.WARNING)
    try:
        downloader = pooch.HTTPDownloader(timeout=_TIMEOUT_SECONDS)
        return Path(pooch.retrieve(url, checksum, name, folder, downloader=downloader))
    except ValueError as error:
        raise DownloadError(f"{url} is not the file that was published: {error}") from error
    except OSError as error:  # what requests raises is one, too
        raise DownloadError(
            f"{url} could not be downloaded ({error}). Without a network, put the file into "
            f"{folder} as {name}"
        ) from error

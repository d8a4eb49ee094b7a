"""Where a pack comes from: a file or an address, checked against a sha256."""

from __future__ import annotations

import hashlib
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pooch
import requests

from recommender.versions.packs import PackError

CHECKSUM_SUFFIX = ".sha256"
PATIENCE = 20  # seconds without an answer


def write_checksum(file: Path) -> str:
    """Write ``FILE.sha256`` beside a file, in the form of ``sha256sum``, and return the sum."""
    checksum = _sha256(file)
    beside = file.with_name(file.name + CHECKSUM_SUFFIX)
    beside.write_text(f"{checksum}  {file.name}\n", encoding="utf-8")
    return checksum


@contextmanager
def fetched_pack(
    source: str, sha256: str | None = None, *, unchecked: bool = False
) -> Iterator[Path]:
    """The file that a path or an address names, once its checksum is right.

    The checksum is ``sha256``, else what stands in ``SOURCE.sha256``; nothing is taken without
    one, but a file ``unchecked``. Raises `PackError`.
    """
    if "://" not in source:
        file = Path(source).expanduser()
        if not file.is_file():
            raise PackError(f"{file} is not there")
        beside = file.with_name(file.name + CHECKSUM_SUFFIX)
        expected = sha256 or (_first_word(beside.read_text("utf-8")) if beside.exists() else None)
        if expected is None and not unchecked:
            raise PackError(
                f"{beside} is not there, so that nothing says what {file} has to be: name its "
                "checksum with --sha256, or take --unchecked for a file of your own"
            )
        if expected and (found := _sha256(file)) != expected.lower():
            raise PackError(f"{file} has sha256 {found}, not {expected}")
        yield file
        return
    expected = sha256 or _published_checksum(source)
    with tempfile.TemporaryDirectory() as folder:
        try:
            yield Path(
                pooch.retrieve(
                    source,
                    known_hash=f"sha256:{expected}",
                    path=folder,
                    downloader=pooch.HTTPDownloader(timeout=PATIENCE),
                )
            )
        except (requests.RequestException, ValueError) as error:
            raise PackError(f"{source} cannot be had: {error}") from error


def _published_checksum(address: str) -> str:
    beside = address + CHECKSUM_SUFFIX
    try:
        answer = requests.get(beside, timeout=PATIENCE)
        answer.raise_for_status()
    except requests.RequestException as error:
        raise PackError(
            f"{beside} cannot be had, so that nothing says what {address} has to be: name its "
            f"checksum with --sha256 ({error})"
        ) from error
    return _first_word(answer.text)


def _first_word(text: str) -> str:
    found = re.match(r"\s*([0-9a-fA-F]{64})\b", text)
    if found is None:
        raise PackError(f"no sha256 stands in {text[:80]!r}")
    return found[1]


def _sha256(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()

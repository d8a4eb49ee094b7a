"""Unpacking an upload into text files; anything else is refused here.

Nothing is ever unpacked to disk, and no more than the bounds below into memory, whatever a ZIP
says about itself.
"""

import csv
import io
import json
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Any

from .formats.records import MOST_BYTES, FileRefusedError, Part, RowRefusedError, Values

MOST_FILES = 2000
MOST_OPENED = 300
MOST_UNPACKED = 3 * MOST_BYTES
ENCRYPTED = 0x1

# Folders of exports with what is no opinion of the member's own, or no longer one.
OTHER_FOLDERS = {"__macosx", "likes", "deleted", "orphaned", "comments"}


def open_upload(file_name: str, content: bytes) -> list[Part]:
    """The tables and JSON documents of an upload: itself, or what a ZIP holds.

    Raises
    ------
    FileRefusedError
        When it is too big, no text in UTF-8 or no sound ZIP. Files inside a ZIP that are not
        readable are passed over: exports hold more than what is needed here.
    """
    if not content.strip():
        raise FileRefusedError("empty")
    if len(content) > MOST_BYTES:
        raise FileRefusedError("too-big")
    if content.startswith(b"PK"):
        return list(_parts_of_zip(content))
    return [_part(PurePosixPath(file_name).name.lower(), content)]


def _parts_of_zip(content: bytes) -> Iterator[Part]:
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
        members = archive.infolist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
        raise FileRefusedError("damaged-zip") from error
    if len(members) > MOST_FILES:
        raise FileRefusedError("too-many-files")
    wanted = [member for member in members if _is_wanted(member)]
    if len(wanted) > MOST_OPENED:
        raise FileRefusedError("too-many-files")
    left = MOST_UNPACKED
    for member in wanted:
        plain = _unpack(archive, member, left)
        left -= len(plain)
        try:
            part = _part(PurePosixPath(member.filename).name.lower(), plain)
        except FileRefusedError as error:
            if error.code not in ("empty", "binary", "broken-json", "broken-table"):
                raise
            continue
        yield part


def _is_wanted(member: zipfile.ZipInfo) -> bool:
    path = PurePosixPath(member.filename.lower())
    folders = set(path.parent.parts)
    if member.is_dir() or path.name.startswith(".") or folders & OTHER_FOLDERS:
        return False
    return path.suffix == ".json" or (path.suffix == ".csv" and "lists" not in folders)


def _unpack(archive: zipfile.ZipFile, member: zipfile.ZipInfo, left: int) -> bytes:
    if member.flag_bits & ENCRYPTED:
        raise FileRefusedError("locked-zip")
    most = min(MOST_BYTES, left)
    if member.file_size > most:
        raise FileRefusedError("zip-too-big")
    try:
        with archive.open(member) as packed:
            plain = packed.read(most + 1)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError) as error:
        raise FileRefusedError("damaged-zip") from error
    if len(plain) > most:
        raise FileRefusedError("zip-too-big")
    return plain


def _part(name: str, content: bytes) -> Part:
    text = _decoded(content)
    if not text.strip():
        raise FileRefusedError("empty")
    if text.lstrip()[0] in "[{":
        document = _document(text)
        return Part(name, None, lambda: _elements(document), document)
    header = next(_records(text), (0, []))[1]
    names = tuple(column.strip().lower() for column in header)
    return Part(name, names, lambda: _rows(text, names))


def _decoded(content: bytes) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise FileRefusedError("encoding", line=1)
    if b"\x00" in content:
        raise FileRefusedError("binary")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = content[: error.start]
        unreadable = sum(byte < 0x20 and byte not in b"\t\n\r" for byte in content[:2000])
        if unreadable > len(content[:2000]) // 20:
            raise FileRefusedError("binary") from error
        raise FileRefusedError("encoding", line=before.count(b"\n") + 1) from error


def _document(text: str) -> Any:
    try:
        return json.loads(text, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise FileRefusedError("broken-json") from error


def _no_number(name: str) -> None:
    raise ValueError(f"{name} is no number of JSON")


def _elements(document: Any) -> Iterator[tuple[int, Values | RowRefusedError]]:
    for number, element in enumerate(document, start=1):
        yield number, element if isinstance(element, dict) else RowRefusedError("no-object")


def _records(text: str) -> Iterator[tuple[int, list[str]]]:
    """Rows that are not blank, each with the line on which it begins."""
    table = csv.reader(io.StringIO(text, newline=""), strict=True)
    while True:
        line = table.line_num + 1
        try:
            record = next(table, None)
        except csv.Error as error:
            raise FileRefusedError("broken-table", line=line) from error
        if record is None:
            return
        if any(cell.strip() for cell in record):
            yield line, record


def _rows(text: str, names: tuple[str, ...]) -> Iterator[tuple[int, Values | RowRefusedError]]:
    records = _records(text)
    next(records, None)
    for line, record in records:
        if len(record) != len(names):
            yield line, RowRefusedError("cells")
        else:
            yield line, dict(zip(names, record, strict=True))

"""A member's data as one JSON document, or as a ZIP of one CSV file for each table."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from django.utils import timezone

from .models import User
from .privacy import PARTS

CHUNK_BYTES = 64 * 1024
LIST_SEPARATOR = "; "
# What a spreadsheet takes for the beginning of a formula, in narrow and in wide letters.
FORMULA_STARTS = tuple("=+-@\t\r＝＋－＠")


def json_document(user: User) -> Iterator[bytes]:
    """UTF-8 in pieces: an object with the time and a list of objects for each table."""
    pieces = Pieces()

    def write(text: str) -> None:
        pieces.write(text.encode())

    write(f'{{"exported_at": {_json(timezone.now())}')
    for part in PARTS:
        write(f',\n"{part.name}": [')
        for number, row in enumerate(part.rows(user)):
            write(f"{',' if number else ''}\n  {_json(row)}")
            yield from pieces.ready()
        write("]")
    write("}\n")
    yield from pieces.rest()


def csv_archive(user: User) -> Iterator[bytes]:
    """A ZIP in pieces, written without ever going back: ``ratings.csv`` and the others."""
    pieces = Pieces()
    made_at = timezone.localtime().timetuple()[:6]
    with zipfile.ZipFile(pieces, "w", zipfile.ZIP_DEFLATED) as archive:
        for part in PARTS:
            entry = zipfile.ZipInfo(f"{part.name}.csv", made_at)
            entry.compress_type = zipfile.ZIP_DEFLATED
            with (
                archive.open(entry, "w") as file,
                io.TextIOWrapper(file, "utf-8", newline="", write_through=False) as text,
            ):
                table = csv.writer(text)
                table.writerow(part.columns)
                for row in part.rows(user):
                    table.writerow([cell(value) for value in row.values()])
                    yield from pieces.ready()
    yield from pieces.rest()


def cell(value: Any) -> str | int | float | None:
    """A value as it stands in a CSV file.

    Text that a spreadsheet would run as a formula gets an apostrophe before it.
    """
    match value:
        case bool():
            return "true" if value else "false"
        case datetime() | date():
            return value.isoformat()
        case list() | tuple():
            return cell(LIST_SEPARATOR.join(str(one) for one in value))
        case dict():
            return cell(_json(value))
        case str():
            # One that has an apostrophe by itself gets another, so that it can be read back.
            inner = value.lstrip("'").lstrip(" \n")
            return f"'{value}" if inner.startswith(FORMULA_STARTS) else value
    return value


def _json(value: Any) -> str:
    return json.dumps(value, default=_exactly, ensure_ascii=False)


def _exactly(value: Any) -> str:
    """Times to the microsecond, which the order of a history can depend on."""
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"value must be known to JSON, or a date, got {value!r}")


class Pieces(io.RawIOBase):
    """A file that can only be written, and is taken away piece by piece."""

    def __init__(self) -> None:
        self._parts = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self._parts += data
        return len(data)

    def ready(self) -> Iterator[bytes]:
        if len(self._parts) >= CHUNK_BYTES:
            yield from self.rest()

    def rest(self) -> Iterator[bytes]:
        piece = bytes(self._parts)
        self._parts.clear()
        yield piece

"""Streaming rows into PostgreSQL by COPY."""

import io
import struct
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import psycopg2
from numpy.typing import NDArray

BLOCK = 1 << 16
ROWS_AT_ONCE = 50_000
# https://www.postgresql.org/docs/current/sql-copy.html#SQL-COPY-FILE-FORMATS
BINARY_HEADER = b"PGCOPY\n\xff\r\n\x00" + bytes(8)
BINARY_END = struct.pack(">h", -1)

_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r", "\x00": None})


class Copier:
    """Rows into a table by COPY: table, columns, rows of as many values."""

    def __init__(self, cursor: Any) -> None:
        self._cursor = cursor

    def __call__(
        self, table: str, columns: Sequence[str], rows: Iterable[tuple[object, ...]]
    ) -> None:
        lines = ("\t".join(map(_cell, row)) + "\n" for row in rows)
        copy_lines(self._cursor, f"{table} ({', '.join(columns)})", lines)


def copy_lines(cursor: Any, target: str, lines: Iterator[str]) -> None:
    """COPY lines to a table; what fails while they are made is raised as it is.

    psycopg2 would make a QueryCanceled of it, with the text of a traceback inside.
    """
    source = Lines(lines)
    try:
        cursor.copy_expert(f"COPY {target} FROM STDIN", source)
    except psycopg2.Error:
        if source.failure is not None:
            raise source.failure from None
        raise


def copy_arrays(cursor: Any, table: str, columns: Mapping[str, NDArray[np.signedinteger]]) -> None:
    """COPY columns of integers, each as wide as the column of the table, in the binary format.

    No object is made per row. A ``timestamptz`` is an int64: microseconds since the year 2000.
    """
    target = f"{table} ({', '.join(columns)})"
    source = _Pieces(_binary_pieces(list(columns.values())))
    cursor.copy_expert(f"COPY {target} FROM STDIN (FORMAT binary)", source, BLOCK)


def _binary_pieces(columns: list[NDArray[np.signedinteger]]) -> Iterator[bytes]:
    """Per row a 16-bit number of columns, per column a 32-bit length and the value, big-endian."""
    layout: list[tuple[str, str]] = [("columns", ">i2")]
    for place, column in enumerate(columns):
        layout += [(f"length {place}", ">i4"), (f"value {place}", f">i{column.dtype.itemsize}")]
    yield BINARY_HEADER
    for first in range(0, len(columns[0]), ROWS_AT_ONCE):
        piece = [column[first : first + ROWS_AT_ONCE] for column in columns]
        rows = np.empty(len(piece[0]), np.dtype(layout))
        rows["columns"] = len(columns)
        for place, column in enumerate(piece):
            rows[f"length {place}"] = column.dtype.itemsize
            rows[f"value {place}"] = column
        yield rows.tobytes()
    yield BINARY_END


class _Pieces(io.RawIOBase):
    """Bytes that come in pieces, as the file that COPY reads."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces
        self._piece, self._taken = b"", 0

    def read(self, size: int = -1) -> bytes:
        if self._taken >= len(self._piece):
            self._piece, self._taken = next(self._pieces, b""), 0
        end = len(self._piece) if size < 0 else self._taken + size
        part = self._piece[self._taken : end]
        self._taken += len(part)
        return part


def _cell(value: object) -> str:
    if value is None:
        return "\\N"
    return value.translate(_ESCAPES) if isinstance(value, str) else str(value)


class Lines(io.TextIOBase):
    """Lines as the file that COPY reads, without holding more than a block of them."""

    def __init__(self, lines: Iterator[str]) -> None:
        self._lines = lines
        self.failure: BaseException | None = None

    def readable(self) -> bool:
        return True

    def read(self, size: int | None = -1) -> str:
        # psycopg2 asks for 8 KB at a time: whole lines near that size are as good.
        wanted = size if size is not None and size > 0 else BLOCK
        pieces: list[str] = []
        length = 0
        while length < wanted:
            try:
                line = next(self._lines, "")
            except BaseException as error:
                self.failure = error
                raise
            if not line:
                break
            pieces.append(line)
            length += len(line)
        return "".join(pieces)

"""Streaming rows into PostgreSQL by COPY."""

import io
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import psycopg2

BLOCK = 1 << 16

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

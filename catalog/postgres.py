"""Streaming rows into PostgreSQL by COPY."""

import io
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

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
        self._cursor.copy_expert(f"COPY {table} ({', '.join(columns)}) FROM STDIN", Lines(lines))


def _cell(value: object) -> str:
    if value is None:
        return "\\N"
    return value.translate(_ESCAPES) if isinstance(value, str) else str(value)


class Lines(io.TextIOBase):
    """Lines as the file that COPY reads, without holding more than a block of them."""

    def __init__(self, lines: Iterator[str]) -> None:
        self._lines = lines

    def readable(self) -> bool:
        return True

    def read(self, size: int | None = -1) -> str:
        # psycopg2 asks for 8 KB at a time: whole lines near that size are as good.
        wanted = size if size is not None and size > 0 else BLOCK
        pieces: list[str] = []
        length = 0
        while length < wanted:
            line = next(self._lines, "")
            if not line:
                break
            pieces.append(line)
            length += len(line)
        return "".join(pieces)

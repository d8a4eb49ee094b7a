"""Rows of a query as numpy columns, streamed out of PostgreSQL by ``COPY`` in its binary format.

No Python object is made per row: 100,000 ratings take a tenth of a second.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from django.db import connection
from numpy.typing import DTypeLike, NDArray

# A signature, flags and an extension's length; then per row a 16-bit number of columns and per
# column a 32-bit length with the value, all big-endian; a 16-bit -1 ends it.
# https://www.postgresql.org/docs/current/sql-copy.html#SQL-COPY-FILE-FORMATS
_HEADER_BYTES = 19
_TRAILER_BYTES = 2

Keep = Callable[[NDArray[Any]], NDArray[Any]]


def copy_columns(
    query: str,
    columns: Mapping[str, DTypeLike],
    *,
    keep: Mapping[str, Keep] | None = None,
    on_bytes: Callable[[bytes], None] | None = None,
) -> dict[str, NDArray[Any]]:
    """Run ``COPY (query)`` and return its columns.

    Parameters
    ----------
    query
        Selects as many columns as ``columns`` has, of fixed width and never null.
    columns
        Name and dtype of each column, in order; the dtype's width is that of the SQL type.
    keep
        What is kept of some columns, made of each piece as it comes; else all, as it is.
    on_bytes
        Gets each piece of the rows as they come, for hashing; an exception from it ends the copy.

    Raises
    ------
    ValueError
        When the widths do not fit what the database sends.
    """
    sink = _Columns(columns, keep or {}, on_bytes)
    # COPY is psycopg2's own: Django would not translate its errors.
    with connection.cursor() as cursor, connection.wrap_database_errors:
        cursor.copy_expert(f"COPY ({query}) TO STDOUT (FORMAT binary)", sink)
    return sink.finish()


class _Columns:
    """A file that PostgreSQL writes to, and that keeps columns instead of bytes."""

    def __init__(
        self,
        columns: Mapping[str, DTypeLike],
        keep: Mapping[str, Keep],
        on_bytes: Callable[[bytes], None] | None,
    ) -> None:
        self._types = {name: np.dtype(dtype) for name, dtype in columns.items()}
        self._keep = keep
        layout: list[tuple[str, Any]] = [("columns", ">i2")]
        for name, dtype in self._types.items():
            layout += [(f"{name} length", ">i4"), (name, dtype.newbyteorder(">"))]
        self._row = np.dtype(layout)
        self._on_bytes = on_bytes
        self._rest = bytearray()
        self._to_skip = _HEADER_BYTES
        self._parts: dict[str, list[NDArray[Any]]] = {name: [] for name in self._types}
        self._pieces: list[bytes] = []
        self._pending = 0

    def write(self, data: bytes) -> int:
        # One call per row: gather some thousands before numpy looks at them.
        self._pieces.append(data)
        self._pending += len(data)
        if self._pending >= 1 << 20:
            self._take()
        return len(data)

    def finish(self) -> dict[str, NDArray[Any]]:
        self._take()
        if len(self._rest) != _TRAILER_BYTES:
            raise ValueError(
                f"the rows are not of {self._row.itemsize} bytes each, as columns "
                f"{list(self._types)} say: {len(self._rest)} bytes are left over"
            )
        columns = {}
        for name, dtype in self._types.items():
            nothing = self._kept(name, np.empty(0, dtype))
            # Each column's pieces are let go before the next column is put together.
            columns[name] = np.concatenate([nothing, *self._parts.pop(name)])
        return columns

    def _kept(self, name: str, piece: NDArray[Any]) -> NDArray[Any]:
        return self._keep[name](piece) if name in self._keep else piece

    def _take(self) -> None:
        self._rest += b"".join(self._pieces)
        self._pieces, self._pending = [], 0
        if self._to_skip:
            del self._rest[: self._to_skip]
            self._to_skip = 0
        rows = len(self._rest) // self._row.itemsize
        if not rows:
            return
        whole = bytes(self._rest[: rows * self._row.itemsize])
        del self._rest[: rows * self._row.itemsize]
        table = np.frombuffer(whole, self._row)
        if (table["columns"] != len(self._types)).any():
            raise ValueError(f"the rows do not have the columns {list(self._types)}")
        for name, dtype in self._types.items():
            self._parts[name].append(self._kept(name, table[name].astype(dtype)))
        if self._on_bytes is not None:
            self._on_bytes(whole)


def smaller(dtype: DTypeLike) -> Keep:
    """Keeps a column as ``dtype`` while all values fit it."""
    bounds = np.iinfo(np.dtype(dtype))

    def keep(piece: NDArray[Any]) -> NDArray[Any]:
        fits = not piece.size or (piece.min() >= bounds.min and piece.max() <= bounds.max)
        return piece.astype(dtype) if fits else piece

    return keep

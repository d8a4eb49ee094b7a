"""A ratings file, a block of bytes at a time -> columns of ratings, as fast as it can be parsed.

Most blocks are digits, points and delimiters: pandas parses them, and no object is made per row.
Whatever else a block holds, it goes through `rating_rows`, row by row, which alone knows what can
be read in which spelling and what is rejected for which reason.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from . import archives
from .cells import LARGEST_ID
from .files import DataFile
from .rating_rows import COLUMNS, rating_rows
from .records import RatingBlock, RatingRow
from .report import Report
from .tables import (
    CSV,
    SEPARATOR_LINE,
    Dialect,
    column_names,
    delimiter_of,
    places_of,
    read_table,
    rows_of,
    whole_row,
)
from .times import EARLY, latest

BLOCK = 1 << 20
ROWS = 50_000  # of those read one by one, at a time
# Of these every letter is a byte, and a line ends where its byte says.
PLAIN = ("utf-8", "utf-8-sig", "latin-1", "cp1252")
NEWLINE = ord("\n")
HUNDREDTHS = re.compile(rb"\.\d\d")  # of which a float may lose some


@dataclass(frozen=True)
class _Layout:
    """How the lines of a file are written, told by its beginning."""

    delimiter: str
    quoted: bool
    encoding: str
    columns: tuple[str, ...]
    places: tuple[int | None, ...]
    header: bool


def read_ratings(
    file: DataFile,
    report: Report,
    *,
    scale: int,
    dialect: Dialect = CSV,
    columns: tuple[str, ...] = COLUMNS,
) -> Iterator[RatingBlock]:
    """The sound ratings of a file in their order; the others are reported.

    ``columns`` are user, film, stars and time under the file's own names; without the last the
    times are unknown, which is 1970.
    """
    layout = _layout_of(file, columns, dialect)
    if layout is None or None in layout.places:
        table = read_table(
            file, columns, report, kind="ratings", dialect=dialect, optional=columns[-1:]
        )
        yield from in_blocks(rating_rows(table, file.name, report, scale=scale))
    else:
        yield from _Blocks(file, report, layout, scale).read()


def in_blocks(rows: Iterable[RatingRow]) -> Iterator[RatingBlock]:
    """Ratings one by one -> blocks of them."""
    remaining = iter(rows)
    while taken := list(islice(remaining, ROWS)):
        yield RatingBlock.of(taken)


def _layout_of(file: DataFile, wanted: tuple[str, ...], dialect: Dialect) -> _Layout | None:
    """None where the first line is not as plain as all lines have to be."""
    with file.open_bytes() as (plain, _):
        head = plain.peek(archives.HEAD)[: archives.HEAD]
    encoding = dialect.encoding or archives.encoding_of(head)
    line, ended, _rest = head.partition(b"\n")
    if encoding not in PLAIN or not ended or b'"' in line or b"\r" in line[:-1]:
        return None
    first = line.decode(encoding, errors="replace").rstrip("\r")
    if not first.strip() or (not dialect.delimiter and SEPARATOR_LINE.fullmatch(first)):
        return None
    delimiter = dialect.delimiter or delimiter_of(first)
    columns = dialect.columns or column_names(first.split(delimiter))
    places = places_of(wanted, columns, file, optional=wanted[-1:])
    return _Layout(delimiter, dialect.quoted, encoding, columns, places, not dialect.columns)


class _Blocks:
    def __init__(self, file: DataFile, report: Report, layout: _Layout, scale: int) -> None:
        self._file, self._report, self._layout, self._scale = file, report, layout, scale
        self._count = report.count("ratings")
        self._last = latest()

    def read(self) -> Iterator[RatingBlock]:
        watch, file = self._report.watch, self._file
        with file.open_bytes() as (plain, packed):
            for found in self._blocks_of(plain):
                yield found
                if watch:
                    watch(file.name, packed.tell(), file.size)
        if watch:
            watch(file.name, file.size, file.size)

    def _blocks_of(self, plain: io.BufferedReader[archives.Bounded]) -> Iterator[RatingBlock]:
        line = 0
        if self._layout.header:
            plain.readline()
            line = 1
        lines = _WholeLines(plain)
        for block in lines:
            if self._has_its_own_lines(block):
                everything = io.BufferedReader(_Onwards(block + lines.rest, plain))
                yield from in_blocks(self._one_by_one(everything, line))
                return
            parsed = self._parse(block)
            if parsed is None:
                yield from in_blocks(self._one_by_one(io.BytesIO(block), line))
            else:
                self._count.read += len(parsed.users)
                yield parsed
            line += block.count(b"\n")

    def _has_its_own_lines(self, block: bytes) -> bool:
        """Rows may end elsewhere than lines do, or lines elsewhere than at newlines."""
        quotes = self._layout.quoted and b'"' in block
        return quotes or block.count(b"\r") != block.count(b"\r\n")

    def _one_by_one(self, source: BinaryIO, line: int) -> Iterator[RatingRow]:
        """The ratings of bytes that follow some lines."""
        layout, file, report = self._layout, self._file, self._report
        encoding = layout.encoding.removesuffix("-sig") if line else layout.encoding
        lines = io.TextIOWrapper(source, encoding, errors="replace", newline="")
        rows = rows_of(
            lines, file, report, "ratings", layout.delimiter, quoted=layout.quoted, skipped=line
        )
        pick = whole_row(layout.places, len(layout.columns), file, report, "ratings")
        table = (found for row in rows if (found := pick(*row)) is not None)
        return rating_rows(table, file.name, report, scale=self._scale)

    def _parse(self, block: bytes) -> RatingBlock | None:
        """The ratings of a block; None where there is anything that is not usual in it."""
        import pandas as pd  # not before a ratings file is read: web processes do without it

        layout = self._layout
        delimiter = layout.delimiter
        if len(delimiter) > 1:  # pandas is slow with more than one letter
            single = delimiter[0].encode()
            if block.count(single) != len(delimiter) * block.count(delimiter.encode()):
                return None
            block, delimiter = block.replace(delimiter.encode(), single), delimiter[0]
        block = block.replace(b"\r\n", b"\n")
        if not block.endswith(b"\n"):
            block += b"\n"
        width = len(layout.columns)
        if not _is_table_of_numbers(block, delimiter, width):
            return None
        user, item, stars, time = (str(place) for place in layout.places)
        types = {user: "int64", item: "int64", stars: "float64", time: "int64"}
        try:
            table = pd.read_csv(
                io.BytesIO(block),
                sep=delimiter,
                header=None,
                names=[str(place) for place in range(width)],
                usecols=list(types),
                dtype=types,
                na_filter=False,
                engine="c",
            )
        except (ValueError, OverflowError):
            return None
        halves = table[stars].to_numpy() * (10 / self._scale)
        users, items = table[user].to_numpy(), table[item].to_numpy()
        half_stars, times = halves.astype(np.int8), table[time].to_numpy()
        sound = (
            (half_stars == halves).all()
            and half_stars.min() >= 1
            and half_stars.max() <= 10
            and users.max() <= LARGEST_ID
            and items.max() <= LARGEST_ID
            and times.min() >= EARLY
            and times.max() <= self._last
        )
        if not sound:
            return None
        return RatingBlock(users.astype(np.int32), items.astype(np.int32), half_stars, times)


class _WholeLines:
    """Blocks that end where a line does; ``rest`` is what was read beyond the last one."""

    def __init__(self, plain: io.BufferedReader[archives.Bounded]) -> None:
        self._plain = plain
        self.rest = b""

    def __iter__(self) -> Iterator[bytes]:
        while piece := self._plain.read(BLOCK):
            piece = self.rest + piece
            end = piece.rfind(b"\n") + 1
            self.rest = piece[end:]
            if end:
                yield piece[:end]
        if self.rest:
            last, self.rest = self.rest, b""
            yield last


class _Onwards(io.RawIOBase):
    """Bytes that were read already, and what follows them."""

    def __init__(self, first: bytes, plain: io.BufferedReader[archives.Bounded]) -> None:
        self._first, self._plain = io.BytesIO(first), plain

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        return self._first.readinto(buffer) or self._plain.readinto1(buffer)


def _is_table_of_numbers(block: bytes, delimiter: str, width: int) -> bool:
    """Nothing but digits and points in ``width`` cells a line, one digit at most after a point."""
    mark = delimiter.encode()
    if block.translate(None, b"0123456789.\n" + mark) or HUNDREDTHS.search(block):
        return False
    letters: NDArray[np.uint8] = np.frombuffer(block, np.uint8)
    marks = letters[(letters == mark[0]) | (letters == NEWLINE)]
    if len(marks) % width:
        return False
    ends = marks.reshape(-1, width) == NEWLINE
    return bool(ends[:, -1].all() and not ends[:, :-1].any())

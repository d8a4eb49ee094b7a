"""Reading the delimited text tables that datasets are made of."""

import csv
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from operator import itemgetter

from .files import DataFile
from .records import DatasetError
from .report import Report

# Half the rows of a second: often enough for a progress bar, too rare to cost anything.
WATCH_EVERY = 5000


DELIMITERS = (",", ";", "\t", "|")
SEPARATOR_LINE = re.compile(r"\"?sep=(.)\"?\s*", re.IGNORECASE | re.DOTALL)

# Other words for a column, as `column_key` writes them.
ALSO = {
    "userid": ("user",),
    "movieid": ("movie", "itemid", "item", "movielensid"),
    "rating": ("ratings",),
    "timestamp": ("time", "date", "datetime", "ratedat"),
    "genres": ("genre",),
}


@dataclass(frozen=True)
class Dialect:
    """How a table is written; empty is as its first line shows.

    ``columns`` names them where the file has no header.
    """

    delimiter: str = ""
    quoted: bool = True
    columns: tuple[str, ...] | None = None
    encoding: str = ""


CSV = Dialect()


def read_table(
    file: DataFile,
    wanted: Sequence[str],
    report: Report,
    *,
    kind: str,
    dialect: Dialect = CSV,
    optional: Sequence[str] = (),
) -> Iterator[tuple[int, tuple[str, ...]]]:
    """Number of the first line, and the ``wanted`` columns, of each row.

    Columns are known in whatever case they are written. Those that are ``optional`` are empty
    where they are missing. Rows with too few or too many columns are rejected under ``kind``.
    Raises DatasetError where a wanted column is missing.
    """
    rows = read_rows(file, report, kind=kind, dialect=dialect)
    columns = dialect.columns or header(file, rows)
    places = places_of(wanted, columns, file, optional=optional)
    pick = whole_row(places, len(columns), file, report, kind)
    for line, row in rows:
        if (found := pick(line, row)) is not None:
            yield found


def places_of(
    wanted: Sequence[str], columns: Sequence[str], file: DataFile, *, optional: Sequence[str]
) -> tuple[int | None, ...]:
    """Where each wanted column stands; None for an optional one that is missing.

    Raises DatasetError where another one is.
    """
    places = tuple(place_of(name, columns, file) for name in wanted)
    for name, place in zip(wanted, places, strict=True):
        if place is None and name not in optional:
            raise DatasetError(
                f"{file.name} has no column {name!r}; its columns are {', '.join(columns)}."
            )
    return places


def whole_row(
    places: Sequence[int | None], width: int, file: DataFile, report: Report, kind: str
) -> Callable[[int, list[str]], tuple[int, tuple[str, ...]] | None]:
    """What makes of a line and its cells the line and the wanted ones; None for a rejected row."""
    pick = itemgetter(*(width if place is None else place for place in places))
    missing = [""] if None in places else []
    count = report.count(kind)

    def picked(line: int, row: list[str]) -> tuple[int, tuple[str, ...]] | None:
        count.read += 1
        if len(row) == width or (not any(row[width:]) and len(row) > width):
            return line, pick(row[:width] + missing if missing else row)
        report.reject(kind, file.name, line, f"{len(row)} columns instead of {width}")
        return None

    return picked


def column_key(name: str) -> str:
    """``user_id``, ``User ID`` and ``userId`` are one."""
    return re.sub(r"[\W_]", "", name.casefold())


def place_of(name: str, columns: Sequence[str], file: DataFile) -> int | None:
    """Where a column stands: under just this name, else under it in another case, or another name.

    Raises DatasetError where several columns are as like.
    """
    if columns.count(name) == 1:
        return columns.index(name)
    keys = [column_key(column) for column in columns]
    for key in (column_key(name), *ALSO.get(column_key(name), ())):
        if keys.count(key) > 1:
            raise DatasetError(
                f"{file.name} has several columns {name!r}; its columns are {', '.join(columns)}."
            )
        if key in keys:
            return keys.index(key)
    return None


def header(file: DataFile, rows: Iterator[tuple[int, list[str]]]) -> tuple[str, ...]:
    """Column names of the first row; a type behind a colon, as RecBole writes it, is dropped."""
    for _, row in rows:
        return column_names(row)
    raise DatasetError(f"{file.name} is empty.")


def column_names(row: Sequence[str]) -> tuple[str, ...]:
    return tuple(name.partition(":")[0].strip() for name in row)


def delimiter_of(line: str) -> str:
    """What stands between the names of a first line, or behind ``sep=`` as spreadsheets write."""
    if told := SEPARATOR_LINE.fullmatch(line):
        return told[1]
    return max(DELIMITERS, key=line.count)


def read_rows(
    file: DataFile, report: Report, *, kind: str, dialect: Dialect = CSV
) -> Iterator[tuple[int, list[str]]]:
    """Number of the first line, and all cells, of each row that is not blank."""
    # Of ratings, which are digits, the first bytes tell enough; and there are millions of them.
    encoding = dialect.encoding or ("" if kind == "ratings" else file.encoding)
    with file.open(encoding) as (text, packed):
        lines: Iterator[str] = text
        delimiter, skipped = dialect.delimiter, 0
        if not delimiter:
            opening = text.readline()
            delimiter = delimiter_of(opening)
            if SEPARATOR_LINE.fullmatch(opening):
                skipped = 1
            else:
                lines = chain([opening] if opening else [], text)
        found = rows_of(
            lines, file, report, kind, delimiter, quoted=dialect.quoted, skipped=skipped
        )
        for taken, row in enumerate(found, start=1):
            yield row
            if report.watch and taken % WATCH_EVERY == 0:
                report.watch(file.name, packed.tell(), file.size)
        if report.watch:
            report.watch(file.name, file.size, file.size)


def rows_of(
    lines: Iterator[str],
    file: DataFile,
    report: Report,
    kind: str,
    delimiter: str,
    *,
    quoted: bool,
    skipped: int,
) -> Iterator[tuple[int, list[str]]]:
    """Number of the first line, and the cells, of each row; ``skipped`` lines came before."""
    if len(delimiter) > 1:
        rows: Iterator[list[str]] = (line.rstrip("\r\n").split(delimiter) for line in lines)
        reader = None
    else:
        rows = reader = csv.reader(
            lines,
            delimiter=delimiter,
            quoting=csv.QUOTE_MINIMAL if quoted else csv.QUOTE_NONE,
        )
    line = skipped
    while True:
        first = line + 1
        try:
            row = next(rows)
        except StopIteration:
            return
        except csv.Error as error:
            line = reader.line_num + skipped if reader else first
            report.reject(kind, file.name, first, f"not readable as CSV: {error}")
            continue
        line = reader.line_num + skipped if reader else first
        if row and row != [""]:
            yield first, row

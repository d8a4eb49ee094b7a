"""Reading the delimited text tables that datasets are made of."""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from operator import itemgetter

from .files import DataFile
from .records import DatasetError
from .report import Report

# Half the rows of a second: often enough for a progress bar, too rare to cost anything.
WATCH_EVERY = 5000


@dataclass(frozen=True)
class Dialect:
    """How a table is written. ``columns`` names them where the file has no header."""

    delimiter: str = ","
    quoted: bool = True
    columns: tuple[str, ...] | None = None
    encoding: str = "utf-8-sig"


CSV = Dialect()


def read_table(
    file: DataFile, wanted: Sequence[str], report: Report, *, kind: str, dialect: Dialect = CSV
) -> Iterator[tuple[int, tuple[str, ...]]]:
    """Number of the first line, and the ``wanted`` columns, of each row.

    Rows with too few or too many columns are rejected under ``kind``. Raises DatasetError where
    a wanted column is missing.
    """
    rows = read_rows(file, report, kind=kind, dialect=dialect)
    columns = dialect.columns or header(file, rows)
    missing = [name for name in wanted if name not in columns]
    if missing:
        raise DatasetError(
            f"{file.name} has no column {missing[0]!r}; its columns are {', '.join(columns)}."
        )
    pick = itemgetter(*(columns.index(name) for name in wanted))
    width = len(columns)
    count = report.count(kind)
    for line, row in rows:
        count.read += 1
        if len(row) == width:
            yield line, pick(row)
        else:
            report.reject(kind, file.name, line, f"{len(row)} columns instead of {width}")


def header(file: DataFile, rows: Iterator[tuple[int, list[str]]]) -> tuple[str, ...]:
    """Column names of the first row; a type behind a colon, as RecBole writes it, is dropped."""
    for _, row in rows:
        return tuple(name.partition(":")[0].strip() for name in row)
    raise DatasetError(f"{file.name} is empty.")


def read_rows(
    file: DataFile, report: Report, *, kind: str, dialect: Dialect = CSV
) -> Iterator[tuple[int, list[str]]]:
    """Number of the first line, and all cells, of each row that is not blank."""
    with file.open(dialect.encoding) as (text, packed):
        if len(dialect.delimiter) > 1:
            rows: Iterator[list[str]] = (
                line.rstrip("\r\n").split(dialect.delimiter) for line in text
            )
            reader = None
        else:
            rows = reader = csv.reader(
                text,
                delimiter=dialect.delimiter,
                quoting=csv.QUOTE_MINIMAL if dialect.quoted else csv.QUOTE_NONE,
            )
        line = taken = 0
        while True:
            first = line + 1
            try:
                row = next(rows)
            except StopIteration:
                break
            except csv.Error as error:
                line = reader.line_num if reader else first
                report.reject(kind, file.name, first, f"not readable as CSV: {error}")
                continue
            line = reader.line_num if reader else first
            if row and row != [""]:
                yield first, row
            taken += 1
            if report.watch and taken % WATCH_EVERY == 0:
                report.watch(file.name, packed.tell(), file.size)
        if report.watch:
            report.watch(file.name, file.size, file.size)

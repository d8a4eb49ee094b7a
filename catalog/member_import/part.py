"""One file of an upload as a table or a JSON document."""

import json
from collections.abc import Iterator
from typing import Any

from .formats.records import FileRefusedError, Part, RowRefusedError, Values
from .text import decode, records

# Above the films of a list Letterboxd writes a line about itself, and one table about the list.
LIST_BEGINNING = "letterboxd list export"
LIST_COLUMNS = {"position", "name"}
# Columns by which it is plain what separates them; enough of every site's to have two of them.
KNOWN_COLUMNS = frozenset({
    "date", "name", "year", "rating", "title", "const", "position", "created", "modified",
    "description", "type", "url", "tags", "review", "rating10", "imdbid", "tmdbid", "imdb_id",
    "tmdb_id", "userid", "movieid", "timestamp", "media_id", "media_type", "score", "status",
    "notes", "watched_at", "listed_at", "rated_at", "watchedat", "userrating", "imdb", "tmdb",
    "movie_id", "directors", "watcheddate", "rewatch", "letterboxduri", "letterboxd uri",
    "your rating", "date rated", "title type", "watched date", "imdb id", "tmdb id",
    "release date", "you rated",
})  # fmt: skip


def part_of(folder: tuple[str, ...], name: str, content: bytes) -> Part:
    """Raises FileRefusedError for what is neither, or broken in itself."""
    text = decode(content)
    beginning = text.lstrip("\ufeff \t\r\n")[:1]
    if not beginning:
        raise FileRefusedError("empty")
    if beginning in "[{":
        document = _document(text)
        return Part(name, None, lambda: _elements(document), document, folder)
    return _table(folder, name, text)


def _document(text: str) -> Any:
    try:
        return json.loads(text.lstrip("\ufeff"), parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise FileRefusedError("broken-json") from error


def _no_number(name: str) -> None:
    raise ValueError(f"{name} is no number of JSON")


def _elements(document: Any) -> Iterator[tuple[int, Values | RowRefusedError]]:
    for number, element in enumerate(document, start=1):
        yield number, element if isinstance(element, dict) else RowRefusedError("no-object")


def _table(folder: tuple[str, ...], name: str, text: str) -> Part:
    header, head = _header(text)
    names = tuple(column.strip().lower() for column in header)

    def entries() -> Iterator[tuple[int, Values | RowRefusedError]]:
        return _rows(text, names)

    return Part(name, names, entries, None, folder, head)


def _header(text: str) -> tuple[list[str], Values]:
    """The columns of a table, and what is said above it of a list of films."""
    rows = records(text, KNOWN_COLUMNS)
    first = next(rows, (0, [""]))[1]
    if not first[0].lower().startswith(LIST_BEGINNING):
        return first, {}
    about: list[list[str]] = []
    for _line, row in rows:
        if set(map(_column, row)) >= LIST_COLUMNS:
            break
        about.append(row)
        if len(about) > 10:
            raise FileRefusedError("broken-table", line=1)
    else:
        raise FileRefusedError("broken-table", line=1)
    head = dict(zip(map(_column, about[0]), about[1], strict=False)) if len(about) > 1 else {}
    return row, head


def _rows(text: str, names: tuple[str, ...]) -> Iterator[tuple[int, Values | RowRefusedError]]:
    rows = records(text, KNOWN_COLUMNS)
    for _line, row in rows:
        if tuple(map(_column, row)) == names:
            break
    for line, row in rows:
        yield line, _cells(row, names)


def _cells(row: list[str], names: tuple[str, ...]) -> Values | RowRefusedError:
    """The cells by their columns. Empty ones at the end may be missing, or too many."""
    if any(cell.strip() for cell in row[len(names) :]):
        return RowRefusedError("cells")
    return dict(zip(names, row + [""] * (len(names) - len(row)), strict=False))


def _column(name: str) -> str:
    return name.strip().lower()

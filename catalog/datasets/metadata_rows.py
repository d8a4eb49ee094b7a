"""Rows of movies_metadata.csv -> Film, with the dirt of the real file dealt with."""

from collections.abc import Iterable, Iterator
from typing import TypeVar

from .cells import (
    calendar_date,
    decimal_number,
    imdb_id,
    line_of_text,
    list_of_records,
    paragraphs,
    truth,
    whole_number,
)
from .records import Film, Knowledge
from .report import Report

COLUMNS = (
    "adult",
    "belongs_to_collection",
    "budget",
    "genres",
    "homepage",
    "id",
    "imdb_id",
    "original_language",
    "original_title",
    "overview",
    "popularity",
    "poster_path",
    "production_companies",
    "production_countries",
    "release_date",
    "revenue",
    "runtime",
    "spoken_languages",
    "status",
    "tagline",
    "title",
    "video",
    "vote_average",
    "vote_count",
)
ID = COLUMNS.index("id")
IMDB_ID = COLUMNS.index("imdb_id")
OVERVIEW = COLUMNS.index("overview")
LARGEST_SUM = 10**12

Row = list[str]
T = TypeVar("T")


def whole_rows(
    rows: Iterable[tuple[int, Row]], file_name: str, report: Report
) -> Iterator[tuple[int, Row]]:
    """Rows of 24 cells.

    Three films of the real file are broken by a line end inside their overview: a row that stops
    there, and one that goes on with the rest of the overview in its first column, so that its id
    is a date. Such pairs are put together again; a second half without its first is rejected.
    """
    held: tuple[int, Row] | None = None
    for line, row in rows:
        row += [""] * (len(COLUMNS) - len(row))
        if held is not None and whole_number(row[ID]) is None and not any(held[1][OVERVIEW + 1 :]):
            report.remarks["rows with shifted columns, put together again"] += 1
            overview = f"{held[1][OVERVIEW].strip()} {row[0].strip()}".strip()
            held = (held[0], [*held[1][:OVERVIEW], overview, *row[1 : len(COLUMNS) - OVERVIEW]])
            continue
        if held is not None:
            yield held
        held = None
        if len(row) > len(COLUMNS):
            reason = f"{len(row)} columns instead of {len(COLUMNS)}"
            report.reject("movies", file_name, line, reason)
        elif whole_number(row[ID]) is None:
            reason = f"the columns are shifted: the id is {row[ID]!r}"
            report.reject("movies", file_name, line, reason)
        else:
            held = (line, row)
    if held is not None:
        yield held


def film_of(row: Row, report: Report) -> Film | None:
    """The film of a whole row, None where its id is no number or it has no title."""
    cell = dict(zip(COLUMNS, row, strict=True))
    tmdb_id = whole_number(cell["id"])
    original_title = line_of_text(cell["original_title"], 300)
    title = line_of_text(cell["title"], 300) or original_title
    if not tmdb_id or not title:
        return None
    read = _Reading(cell, report)
    released = calendar_date(cell["release_date"])
    votes = read.whole("vote_count")
    return Film(
        knowledge=Knowledge.METADATA,
        title=title,
        original_title="" if original_title == title else original_title,
        year=released.year if released and 1870 <= released.year <= 2200 else None,
        genres=tuple(dict.fromkeys(name for name in read.names("genres", 60) if name)),
        imdb_id=imdb_id(cell["imdb_id"]),
        tmdb_id=tmdb_id,
        metadata_id=tmdb_id,
        release_date=released,
        runtime=read.whole("runtime", 32_767) or None,
        overview=paragraphs(cell["overview"]),
        tagline=line_of_text(cell["tagline"], 500),
        original_language=code(cell["original_language"]),
        status=line_of_text(cell["status"], 30),
        homepage=cell["homepage"] if _is_address(cell["homepage"]) else "",
        poster_path=cell["poster_path"] if _is_path(cell["poster_path"]) else "",
        adult=truth(cell["adult"]),
        video=truth(cell["video"]),
        budget=read.whole("budget", LARGEST_SUM) or None,
        revenue=read.whole("revenue", LARGEST_SUM) or None,
        popularity=read.decimal("popularity"),
        vote_average=read.decimal("vote_average", 10) if votes else None,
        vote_count=votes,
        collection=read.collection(),
        companies=read.companies(),
        countries=tuple((a.upper(), b) for a, b in read.coded("production_countries", "3166_1")),
        languages=read.coded("spoken_languages", "639_1"),
    )


class _Reading:
    """Cells of one row; what is there but makes no sense is counted and taken as unknown."""

    def __init__(self, cell: dict[str, str], report: Report) -> None:
        self._cell = cell
        self._report = report

    def whole(self, column: str, largest: int = 2**31 - 1) -> int | None:
        return self._noted(column, whole_number(self._cell[column], largest))

    def decimal(self, column: str, largest: float = 1e6) -> float | None:
        number = decimal_number(self._cell[column], largest)
        return self._noted(column, number)

    def names(self, column: str, longest: int) -> list[str]:
        return [line_of_text(str(item.get("name", "")), longest) for item in self._records(column)]

    def collection(self) -> tuple[int, str, str, str] | None:
        for item in self._records("belongs_to_collection"):
            found = whole_number(str(item.get("id")))
            name = line_of_text(str(item.get("name", "")), 200)
            if found and name:
                paths = (str(item.get(key) or "") for key in ("poster_path", "backdrop_path"))
                poster, backdrop = (path if _is_path(path) else "" for path in paths)
                return found, name, poster, backdrop
        return None

    def companies(self) -> tuple[tuple[int, str], ...]:
        pairs = {
            found: line_of_text(str(item.get("name", "")), 200)
            for item in self._records("production_companies")
            if (found := whole_number(str(item.get("id"))))
        }
        return tuple((key, name) for key, name in pairs.items() if name)

    def coded(self, column: str, standard: str) -> tuple[tuple[str, str], ...]:
        pairs = {
            code(str(item.get(f"iso_{standard}", ""))): line_of_text(str(item.get("name", "")), 100)
            for item in self._records(column)
        }
        return tuple((key, name) for key, name in pairs.items() if key)

    def _records(self, column: str) -> tuple[dict[str, object], ...]:
        records = list_of_records(self._cell[column])
        return self._noted(column, records) or ()

    def _noted(self, column: str, value: T | None) -> T | None:
        if value is None and self._cell[column]:
            self._report.remarks[f"unreadable cells in {column}"] += 1
        return value


def code(text: str) -> str:
    """A two-letter code in lower case, or empty."""
    return text.lower() if len(text) == 2 and text.isascii() and text.isalpha() else ""


def _is_path(text: str) -> bool:
    return text.startswith("/") and len(text) <= 200


def _is_address(text: str) -> bool:
    return text.startswith(("http://", "https://")) and len(text) <= 500

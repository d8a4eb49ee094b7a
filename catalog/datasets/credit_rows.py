"""Rows of credits.csv and keywords.csv of The Movies Dataset, with their dirt dealt with."""

from collections.abc import Iterator

from catalog.services.credits import KeptCredit, kept_credits
from catalog.tmdb.records import CreditRecord, KeywordRecord

from .cells import fresh_records, line_of_text, whole_number
from .files import DataFile
from .report import Report
from .tables import read_table

Cell = dict[str, object]


def credit_lines(file: DataFile, report: Report) -> Iterator[tuple[int, KeptCredit]]:
    """The lines of each film's credits that the site keeps, with the film's id in the metadata."""
    for film, (cast, crew) in _films(file, ("cast", "crew"), "credits", report):
        records = [*_records(cast, "cast", report), *_records(crew, "crew", report)]
        for line in kept_credits(records):
            yield film, line


def keywords_of_films(file: DataFile, report: Report) -> Iterator[tuple[int, KeywordRecord]]:
    """The keywords of each film, with the film's id in the metadata."""
    for film, (cells,) in _films(file, ("keywords",), "keywords", report):
        names = {
            key: name
            for cell in cells
            if (key := _id(cell)) and (name := line_of_text(_text(cell, "name"), 200))
        }
        report.remarks["keywords without an id or a name"] += len(cells) - len(names)
        for key, name in names.items():
            yield film, KeywordRecord(key, name)


def _films(
    file: DataFile, columns: tuple[str, ...], kind: str, report: Report
) -> Iterator[tuple[int, tuple[tuple[Cell, ...], ...]]]:
    """The id of each film and its lists; of a film that comes twice the first row."""
    seen: set[int] = set()
    kind = f"films with {kind}"
    for line, (number, *texts) in read_table(file, ("id", *columns), report, kind=kind):
        film = whole_number(number)
        if not film:
            report.reject(kind, file.name, line, f"the id {number!r} is no number")
            continue
        if film in seen:
            report.remarks[f"repeated ids in {file.name}, first row taken"] += 1
            continue
        seen.add(film)
        lists = [fresh_records(text) for text in texts]
        unreadable = [name for name, found in zip(columns, lists, strict=True) if found is None]
        if unreadable:
            report.reject(kind, file.name, line, f"{unreadable[0]} is no list of records")
            continue
        yield film, tuple(found or () for found in lists)


def _records(cells: tuple[Cell, ...], kind: str, report: Report) -> Iterator[CreditRecord]:
    for place, cell in enumerate(cells):
        key, name = _id(cell), line_of_text(_text(cell, "name"), 200)
        if not key or not name:
            report.remarks["credits without a person's id or name"] += 1
            continue
        if cell.get("adult") is True:
            report.remarks["credits of people known from films for adults only"] += 1
            continue
        order = whole_number(_text(cell, "order"))
        yield CreditRecord(
            tmdb_person_id=key,
            name=name,
            profile_path=_text(cell, "profile_path"),
            kind="cast" if kind == "cast" else "crew",
            job=line_of_text(_text(cell, "job"), 60),
            character=line_of_text(_text(cell, "character"), 300),
            order=place if order is None else order,
        )


def _id(cell: Cell) -> int | None:
    return whole_number(_text(cell, "id"))


def _text(cell: Cell, name: str) -> str:
    value = cell.get(name)
    return "" if value is None else str(value)

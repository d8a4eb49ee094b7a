"""Reading the rows of an upload; its format is recognised by its columns."""

import io
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import IO, Any

from catalog.models.import_row import RowKind
from catalog.models.member_import import ImportSource

from .archive import LEFT_NAMES, Left, is_zip, open_upload
from .consolidate import consolidate, name_lists
from .formats import (
    dates,
    generic,
    imdb,
    letterboxd,
    matinee,
    movary,
    movielens,
    ryot,
    simkl,
    tmdb,
    trakt,
    yamtrack,
)
from .formats.records import (
    MOST_ROWS,
    Answers,
    FileRefusedError,
    Format,
    Part,
    Placed,
    Question,
    Reading,
    RowAsideError,
    RowRefusedError,
    Values,
)

FORMATS = (
    *matinee.FORMATS,
    *simkl.FORMATS,
    *ryot.FORMATS,
    *trakt.FORMATS,
    *tmdb.FORMATS,
    *movary.FORMATS,
    *yamtrack.FORMATS,
    *letterboxd.FORMATS,
    *imdb.FORMATS,
    *movielens.FORMATS,
)
USES = (RowKind.WATCHLIST, RowKind.SEEN, RowKind.LIST)
# Tables without a format that may be read as they are, if nothing better is found.
MOST_TABLES = 5
EXAMPLE_ROWS = 3


def read(file_name: str, upload: bytes | IO[bytes], answers: Answers | None = None) -> Reading:
    """All rows of an upload, and the reasons for those that are not taken.

    ``answers`` are what the member said to the questions of an earlier reading.

    Raises
    ------
    FileRefusedError
        When it cannot be opened, nothing in it is known, it is broken in itself, or holds no row
        or too many.
    """
    file = io.BytesIO(upload) if isinstance(upload, bytes) else upload
    return _Reader(answers or {}, several=is_zip(file)).read(file_name, file)


class _Reader:
    """One reading of an upload, file by file."""

    def __init__(self, answers: Answers, *, several: bool) -> None:
        self._answers = answers
        self._several = several
        self._reading = Reading("")
        self._parts: list[Part] = []
        self._tables: list[Part] = []
        self._list_parts: dict[str, tuple[Format, Part]] = {}

    def read(self, file_name: str, file: IO[bytes]) -> Reading:
        left, reading = Left(), self._reading
        for opened in open_upload(file_name, file, left):
            for part in _sections(opened):
                self._take(part)
        if not reading.source:
            self._read_tables()
        for path, why in left:
            reading.leave(path, why)
        if reading.source == ImportSource.MATINEE:
            reading.preferences = matinee.preferences(self._parts)
        if not reading.rows and not reading.problems and not reading.preferences:
            raise FileRefusedError("nothing")
        name_lists(reading, self._list_parts, self._parts)
        consolidate(reading)
        return reading

    def _take(self, part: Part) -> None:
        found = next((one for one in FORMATS if one.matches(part)), None)
        if found is None:
            self._keep(part)
        elif self._reading.source not in ("", found.source):
            self._reading.leave(part.path, "another-site")
        else:
            self._reading.source = found.source
            self._read_part(part, found)

    def _keep(self, part: Part) -> None:
        """What no format is for: it may name lists, or be a table of somebody's own."""
        self._parts.append(part)
        if part.header is not None and len(self._tables) < MOST_TABLES:
            self._tables.append(part)
        if _names_lists(part) or not _says_anything(part):
            return
        if (why := LEFT_NAMES.get(f"{part.name.removesuffix('.json')}.csv")) is not None:
            self._reading.leave(part.name, why)
        elif self._several or part.name.startswith(("simkl ", "ryot ")):
            why = "series" if part.name.startswith("simkl ") else "unknown-file"
            self._reading.leave(part.path, why)

    def _read_tables(self) -> None:
        """Tables whose columns only guesses are made of."""
        known = [(part, roles) for part in self._tables if (roles := self._roles(part))]
        if not known:
            self._explain()
        self._reading.source = ImportSource.TABLE
        self._reading.files_aside = [
            one for one in self._reading.files_aside if one[0] not in {p.path for p, _ in known}
        ]
        for part, roles in known:
            scale = self._answers.get(f"columns:{part.path}:scale", "")
            most = int(scale) if scale in ("5", "10", "100") else generic.guess_scale(part, roles)
            reader = generic.TableReader(part, roles, most)
            format_ = Format(
                ImportSource.TABLE,
                part.name,
                lambda _part: True,
                reader,
                reader.dates,
                letterboxd.list_head if reader.has_use else letterboxd.reviews_head,
                letterboxd.guess_use if reader.has_use else None,
            )
            self._read_part(part, format_)
            self._reading.questions.append(_columns(part, roles, most, self._answers))

    def _roles(self, part: Part) -> Mapping[str, int]:
        return generic.answered_roles(part, self._answers) or generic.guess_roles(part)

    def _read_part(self, part: Part, found: Format) -> None:
        use = self._use(part, found) if found.guess_use else None
        order = self._order(part, found)
        reading = self._reading
        for line, values in part.entries():
            try:
                if isinstance(values, RowRefusedError):
                    raise values
                rows = list(found.read(self._with_days(values, found, order)))
                if not rows or not all(row.film for row in rows):
                    raise RowRefusedError("no-film")
            except RowRefusedError as error:
                reading.refuse(part.name, line, error)
                continue
            except RowAsideError as error:
                reading.aside[error.code] += 1
                continue
            if cell := values.get("tags"):
                reading.aside["tags"] += bool(str(cell).strip())
            for row in rows:
                placed = row
                if row.kind == RowKind.LIST and use not in (None, RowKind.LIST):
                    placed = replace(row, kind=use)
                elif row.kind == RowKind.LIST:
                    title = row.list_title or f"part:{part.path}"
                    placed = replace(row, list_title=title)
                    self._list_parts.setdefault(title, (found, _light(part)))
                reading.rows.append(Placed(part.name, line, placed))
            if len(reading.rows) > MOST_ROWS:
                raise FileRefusedError("too-many-rows")

    def _use(self, part: Part, found: Format) -> str:
        """What a list is for: as its name says, as the member says, or as is guessed so far."""
        guess = found.guess_use(part) if found.guess_use else None
        if guess is None:
            return RowKind.WATCHLIST if "watchlist" in part.name else RowKind.LIST
        key = f"use:{part.path}"
        answer = self._answers.get(key, "")
        answer = answer if answer in USES else ""
        self._reading.questions.append(
            Question(
                key=key,
                topic="use",
                file=part.name,
                guess=guess,
                required=True,
                answer=answer,
                options=tuple(USES),
            )
        )
        return answer or guess

    def _order(self, part: Part, found: Format) -> str | None:
        """In which order days are written in the file; the member is asked where that is open."""
        if not found.dates or part.header is None:
            return None
        order, examples = dates.open_order(_date_texts(part, found.dates))
        if not examples:
            return order
        key = f"dates:{part.path}"
        answer = self._answers.get(key, "")
        answer = answer if answer in dates.ORDERS else ""
        self._reading.questions.append(
            Question(
                key=key,
                topic="dates",
                file=part.name,
                guess="",
                required=True,
                answer=answer,
                options=dates.ORDERS,
                examples=tuple(examples),
            )
        )
        return answer or None

    def _with_days(self, values: Values, found: Format, order: str | None) -> Values:
        """The entry with its days in one form. A row never goes for want of a readable day."""
        changed: dict[str, Any] = {}
        for name in found.dates:
            value = values.get(name)
            text = str(value).strip() if isinstance(value, str | int | float) else ""
            if not text or isinstance(value, bool):
                changed[name] = ""
                continue
            read_day = dates.iso(text, order)
            if read_day is None and found.source == ImportSource.TABLE:
                read_day = _truth(text)
            if read_day is None:
                self._reading.aside["days"] += 1
            changed[name] = read_day or ""
        return {**values, **{name: day for name, day in changed.items() if name in values}}

    def _explain(self) -> None:
        """Say why nothing is known, as precisely as can be."""
        if self._several:
            raise FileRefusedError("unknown-zip")
        part = self._parts[0] if self._parts else None
        if part is None or part.document == []:
            raise FileRefusedError("nothing")
        if part.header is None:
            raise FileRefusedError("unknown-header", header=_beginning(part.document))
        raise FileRefusedError("unknown-header", header=",".join(part.header))


def _sections(part: Part) -> Iterator[Part]:
    """The tables in a JSON document, or the part itself."""
    document = part.document
    if not isinstance(document, dict) or "exported_at" in document:
        yield from matinee.sections(part)
        return
    sections = [(name, rows) for name, rows in document.items() if isinstance(rows, list)]
    site = _site_of(document)
    if site is None or not sections:
        yield part
        return
    for name, rows in sections:
        yield _section(site, name, rows)


def _site_of(document: Mapping[str, Any]) -> str | None:
    if {"movies"} <= set(document) and set(document) & {"shows", "anime", "movies"}:
        return "simkl"
    return "ryot" if set(document) & set(ryot.SECTIONS) else None


def _section(site: str, name: str, rows: list[Any]) -> Part:
    def entries() -> Iterator[tuple[int, Values | RowRefusedError]]:
        for number, row in enumerate(rows, start=1):
            yield number, row if isinstance(row, dict) else RowRefusedError("no-object")

    films = "films" if site == "ryot" and name in ryot.SECTIONS else name
    return Part(f"{site} {films}", None, entries, rows)


def _light(part: Part) -> Part:
    """What names a list, without its films."""
    return Part(part.name, part.header, tuple, None, part.folder, part.head)


def _names_lists(part: Part) -> bool:
    return part.name.startswith(("lists.", "lists-lists", "preferences."))


def _says_anything(part: Part) -> bool:
    if part.header is None:
        return bool(part.document)
    return next(iter(part.entries()), None) is not None


def _date_texts(part: Part, columns: tuple[str, ...]) -> Iterator[str]:
    for _line, values in part.entries():
        if not isinstance(values, RowRefusedError):
            yield from dates.texts_of(values.get(name) for name in columns)


def _truth(text: str) -> str | None:
    """Some columns say whether a film was seen, and not when."""
    word = text.lower()
    if word in dates.NEGATIONS:
        return dates.NO
    return "" if word in dates.AFFIRMATIONS else None


def _columns(part: Part, roles: Mapping[str, int], scale: int, answers: Answers) -> Question:
    """The guess at a table's columns: the member sees it, and the first rows."""
    rows = []
    for _line, values in part.entries():
        if not isinstance(values, RowRefusedError):
            rows.append(" · ".join(str(value)[:40] for value in values.values() if value))
        if len(rows) == EXAMPLE_ROWS:
            break
    of_column = {number: role for role, number in roles.items()}
    guess = ",".join(of_column.get(number, "") for number in range(len(part.header or ())))
    return Question(
        key=f"columns:{part.path}",
        topic="columns",
        file=part.name,
        guess=f"{guess};{scale}",
        required=False,
        answer=answers.get(f"columns:{part.path}:scale", ""),
        options=part.header or (),
        examples=tuple(rows),
    )


def _beginning(document: Any) -> str:
    first = document[0] if isinstance(document, list) and document else document
    return "{{{}…}}".format(", ".join(first)) if isinstance(first, dict) else str(first)

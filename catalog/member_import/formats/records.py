"""Records that are read from an export, before they are matched with films."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

MOST_BYTES = 10 * 1024 * 1024
MOST_ROWS = 50_000
PROBLEMS_KEPT = 100
SHOWN_CHARACTERS = 60

Values = Mapping[str, Any]


def shown(text: str) -> str:
    """The beginning of a text, without what no database or page could take."""
    return "".join(filter(str.isprintable, text[: 2 * SHOWN_CHARACTERS]))[:SHOWN_CHARACTERS]


class ImportRefusalError(Exception):
    """The base of what is said about a file or a row, to be worded by `reasons`.

    ``code`` is a key there, ``values`` fill the text's places.
    """

    def __init__(self, code: str, **values: str | int) -> None:
        super().__init__(code, values)
        self.code = code
        self.values = {
            name: shown(value) if isinstance(value, str) else value
            for name, value in values.items()
        }


class FileRefusedError(ImportRefusalError):
    """Nothing of the file is taken."""


class RowRefusedError(ImportRefusalError):
    """The row makes no sense."""


class RowAsideError(ImportRefusalError):
    """The row makes sense, and is nothing that this site keeps."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedFilm:
    """A film as a file names it; "" and None where it does not say."""

    title: str = ""
    year: int | None = None
    imdb_id: str | None = None
    tmdb_id: int | None = None
    movielens_id: int | None = None

    def __bool__(self) -> bool:
        return bool(self.title or self.imdb_id or self.tmdb_id or self.movielens_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadRow:
    """A film with stars, on a watchlist, in a diary or seen.

    ``happened_at`` is None where the file has no time; ``rewatch`` is a diary's, ``watched_on`` a
    diary's, and that of a film seen where the day is known.
    """

    kind: str
    film: NamedFilm
    half_stars: int | None = None
    happened_at: datetime | None = None
    watched_on: date | None = None
    rewatch: bool = False
    priority: int = 0


@dataclass(frozen=True, slots=True)
class Placed:
    """A row with the place it was read from."""

    file: str
    line: int
    row: ReadRow


@dataclass(frozen=True)
class Part:
    """One text file of an upload.

    Attributes
    ----------
    name
        Its base name in small letters.
    header
        The names of a table's columns in small letters; None for a JSON document.
    entries
        The rows by the names of their columns, or the elements of the document, each with its
        line or number from 1. Raises FileRefusedError where the file is broken.
    """

    name: str
    header: tuple[str, ...] | None
    entries: Callable[[], Iterable[tuple[int, Values | RowRefusedError]]]
    document: Any = None


@dataclass(frozen=True)
class Format:
    """A file that one site exports.

    ``read`` makes rows of an entry; it raises RowRefusedError or RowAsideError.
    """

    source: str
    label: str
    matches: Callable[[Part], bool]
    read: Callable[[Values], Iterable[ReadRow]]


@dataclass
class Reading:
    """All that a file says, and what in it could not be taken."""

    source: str
    rows: list[Placed] = field(default_factory=list)
    problems: list[tuple[str, int, RowRefusedError]] = field(default_factory=list)
    problem_count: int = 0
    aside: Counter[str] = field(default_factory=Counter)

    def refuse(self, file: str, line: int, error: RowRefusedError) -> None:
        self.problem_count += 1
        if len(self.problems) < PROBLEMS_KEPT:
            self.problems.append((file, line, error))

    def as_json(self) -> dict[str, Any]:
        """What is kept of it besides the rows."""
        return {
            "problems": [
                {"file": file, "line": line, "code": error.code, "values": error.values}
                for file, line, error in self.problems
            ],
            "problem_count": self.problem_count,
            "aside": dict(self.aside),
            "rows": len(self.rows),
        }

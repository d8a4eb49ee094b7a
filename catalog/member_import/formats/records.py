"""Records that are read from an export, before they are matched with films."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

MOST_BYTES = 100 * 1024 * 1024
MOST_ROWS = 100_000
PROBLEMS_KEPT = 100
SHOWN_CHARACTERS = 60

Values = Mapping[str, Any]
Answers = Mapping[str, str]


def shown(text: str) -> str:
    """The beginning of a text, without what no database or page could take."""
    return "".join(filter(str.isprintable, text[: 2 * SHOWN_CHARACTERS]))[:SHOWN_CHARACTERS]


class ImportRefusalError(Exception):
    """The base of what is said about a file or a row, to be worded by `messages`.

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
    letterboxd_id: str | None = None
    director: str = ""

    def __bool__(self) -> bool:
        return bool(self.title or self.imdb_id or self.tmdb_id or self.movielens_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadRow:
    """One thing that a file says about a film; ``kind`` is one of `RowKind`.

    ``happened_at`` is None where the file has no time; ``rewatch`` is a diary's, ``watched_on`` a
    diary's, and that of a film seen where the day is known. ``note`` belongs to a diary or a list,
    ``list_title``, ``list_number`` and ``place`` to a list. Of two rows for a film the one with
    the lower ``priority`` counts.
    """

    kind: str
    film: NamedFilm
    half_stars: int | None = None
    happened_at: datetime | None = None
    watched_on: date | None = None
    rewatch: bool = False
    note: str = ""
    list_title: str = ""
    list_number: int | None = None
    place: int | None = None
    priority: int = 0


@dataclass(frozen=True, slots=True)
class Placed:
    """A row and where it stands."""

    file: str
    line: int
    row: ReadRow


@dataclass(frozen=True)
class Part:
    """A table or a JSON document: an upload, or one file of a ZIP.

    Attributes
    ----------
    name
        The name in small letters, without folders.
    header
        The table's columns in small letters; None for a JSON document.
    entries
        The rows by the names of their columns, or the elements of the document, each with its
        line or number from 1. Raises FileRefusedError where the file is broken.
    folder
        The folders in which it lies in its ZIP, in small letters.
    head
        What stands above a table about the whole of it.
    """

    name: str
    header: tuple[str, ...] | None
    entries: Callable[[], Iterable[tuple[int, Values | RowRefusedError]]]
    document: Any = None
    folder: tuple[str, ...] = ()
    head: Values = field(default_factory=dict)

    @property
    def path(self) -> str:
        return "/".join((*self.folder, self.name))

    def has(self, *columns: str) -> bool:
        return set(columns) <= set(self.header or ())


@dataclass(frozen=True, kw_only=True)
class ListHead:
    """A list of films: what it is called, and what it says of itself.

    ``key`` tells it from others of one name: parts of one list have the same.
    """

    key: str
    title: str
    description: str = ""
    is_public: bool = False
    created_at: str = ""
    updated_at: str = ""


@dataclass(frozen=True)
class Format:
    """A file that one site exports.

    Attributes
    ----------
    read
        Makes rows of an entry; raises RowRefusedError or RowAsideError.
    dates
        The columns that hold a day or a time, written in whatever way.
    list_head
        For rows of the kind "list": which list they belong to, given the part and all others.
    guess_use
        For a list of which nothing says what it is for: what it may be, which the member is asked.
    """

    source: str
    label: str
    matches: Callable[[Part], bool]
    read: Callable[[Values], Iterable[ReadRow]]
    dates: tuple[str, ...] = ()
    list_head: Callable[[Part, Sequence[Part]], ListHead] | None = None
    guess_use: Callable[[Part], str | None] | None = None


@dataclass(frozen=True, kw_only=True)
class Question:
    """What only the member can say about a file. ``guess`` is what is supposed meanwhile."""

    key: str
    topic: str  # "use", "dates" or "columns"
    file: str
    guess: str
    required: bool
    answer: str = ""
    options: tuple[str, ...] = ()
    examples: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        return {
            "key": self.key,
            "topic": self.topic,
            "file": self.file,
            "guess": self.guess,
            "required": self.required,
            "answer": self.answer,
            "options": list(self.options),
            "examples": list(self.examples),
        }


@dataclass
class Reading:
    """All that a file says, and what in it could not be taken."""

    source: str
    rows: list[Placed] = field(default_factory=list)
    lists: list[ListHead] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)
    problems: list[tuple[str, int, RowRefusedError]] = field(default_factory=list)
    problem_count: int = 0
    aside: Counter[str] = field(default_factory=Counter)
    files_aside: list[tuple[str, str]] = field(default_factory=list)
    preferences: dict[str, Any] | None = None

    def refuse(self, file: str, line: int, error: RowRefusedError) -> None:
        self.problem_count += 1
        if len(self.problems) < PROBLEMS_KEPT:
            self.problems.append((file, line, error))

    def leave(self, file: str, code: str) -> None:
        """Say of a whole file that it is not taken, and why."""
        if len(self.files_aside) < PROBLEMS_KEPT:
            self.files_aside.append((shown(file), code))

    def as_json(self) -> dict[str, Any]:
        """What is kept of it besides the rows and the lists."""
        kinds = Counter(placed.row.kind for placed in self.rows)
        return {
            "problems": [
                {"file": file, "line": line, "code": error.code, "values": error.values}
                for file, line, error in self.problems
            ],
            "problem_count": self.problem_count,
            "aside": dict(self.aside),
            "files_aside": [list(one) for one in self.files_aside],
            "questions": [one.as_json() for one in self.questions],
            "preferences": self.preferences,
            "kinds": dict(kinds),
            "rows": len(self.rows),
        }

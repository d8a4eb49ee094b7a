"""What a site like this one exports: a ZIP of CSV files, or one JSON document."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from typing import Any

from catalog.models.import_row import RowKind
from catalog.models.member_import import ImportSource

from . import cells
from .records import Format, ListHead, NamedFilm, Part, ReadRow, RowRefusedError, Values

FILM = ("title", "year", "movielens_id", "imdb_id", "tmdb_id")
# Before what a spreadsheet would calculate the export puts an apostrophe.
FORMULA_STARTS = tuple("=+-@\t\r＝＋－＠")
NO_FILMS = ("lists", "preferences")


def ratings(values: Values) -> Iterator[ReadRow]:
    half_stars = cells.stars_given(cells.stars(values.get("rating")))
    yield ReadRow(
        kind=RowKind.RATING,
        half_stars=half_stars,
        happened_at=cells.moment(values.get("rated_at")),
        film=_film(values),
    )


def watchlist(values: Values) -> Iterator[ReadRow]:
    added = cells.moment(values.get("added_at"))
    yield ReadRow(kind=RowKind.WATCHLIST, happened_at=added, film=_film(values))


def hidden(values: Values) -> Iterator[ReadRow]:
    at = cells.moment(values.get("hidden_at"))
    yield ReadRow(kind=RowKind.HIDDEN, happened_at=at, film=_film(values))


def diary(values: Values) -> Iterator[ReadRow]:
    watched_on = cells.day(values.get("watched_on"))
    if watched_on is None:
        raise RowRefusedError("bad-date", value="")
    stars = "rating" if "rating" in values else "stars"
    yield ReadRow(
        kind=RowKind.DIARY,
        half_stars=cells.stars(values.get(stars)),
        happened_at=cells.moment(values.get("created_at")),
        watched_on=watched_on,
        rewatch=cells.truth(values.get("rewatch")),
        note=_text(values.get("note")),
        film=_film(values),
    )


def seen(values: Values) -> Iterator[ReadRow]:
    yield ReadRow(
        kind=RowKind.SEEN,
        happened_at=cells.moment(values.get("marked_at")),
        watched_on=cells.day(values.get("watched_on")),
        film=_film(values),
    )


def listed(values: Values) -> Iterator[ReadRow]:
    yield ReadRow(
        kind=RowKind.LIST,
        happened_at=cells.moment(values.get("added_at")),
        note=_text(values.get("note")),
        list_title=str(values.get("list_id") or values.get("list") or ""),
        film=_film(values),
    )


def waiting(values: Values) -> Iterator[ReadRow]:
    """What an earlier import brought, and no film of that site was."""
    kind = str(values.get("kind"))
    if kind not in RowKind.values:
        raise RowRefusedError("no-object")
    yield ReadRow(
        kind=kind,
        half_stars=cells.stars(values.get("rating")),
        happened_at=cells.moment(values.get("happened_at")),
        watched_on=cells.day(values.get("watched_on")),
        rewatch=cells.truth(values.get("rewatch")),
        note=_text(values.get("note")),
        list_title=str(values.get("list") or "") if kind == RowKind.LIST else "",
        film=_film(values),
    )


def _film(values: Values) -> NamedFilm:
    return NamedFilm(
        title=cells.title(values.get("title")),
        year=cells.year(values.get("year")),
        movielens_id=cells.number(values.get("movielens_id")),
        imdb_id=cells.imdb_id(values.get("imdb_id")),
        tmdb_id=cells.number(values.get("tmdb_id")),
    )


def _text(value: Any) -> str:
    """Exactly what stood there."""
    return cells.CONTROL.sub("", value) if isinstance(value, str) else ""


Reader = Callable[[Values], Iterator[ReadRow]]
READERS: dict[str, tuple[Reader, str]] = {
    "ratings": (ratings, "rated_at"),
    "watchlist": (watchlist, "added_at"),
    "diary": (diary, "watched_on"),
    "seen_films": (seen, "marked_at"),
    "hidden_films": (hidden, "hidden_at"),
    "list_films": (listed, "added_at"),
    "waiting_films": (waiting, "happened_at"),
}
DATES = ("rated_at", "added_at", "watched_on", "marked_at", "hidden_at", "created_at")


def list_head(part: Part, others: Sequence[Part]) -> ListHead:
    """Never asked for: each film of a list says which one it is; see `known_lists`."""
    return ListHead(key=part.path, title=part.name)


def known_lists(parts: Sequence[Part]) -> dict[str, ListHead]:
    """The lists by what their films name them by."""
    heads: dict[str, ListHead] = {}
    for part in parts:
        if part.name.startswith("lists.") and part.has("title", "is_public", "description"):
            for _line, values in part.entries():
                if not isinstance(values, RowRefusedError) and values.get("title"):
                    head = _head(values)
                    heads[head.key] = head
    return heads


def _head(values: Values) -> ListHead:
    return ListHead(
        key=str(values.get("id") or values["title"]),
        title=str(values["title"])[:100],
        description=_text(values.get("description"))[:2000],
        is_public=cells.truth(values.get("is_public")),
        created_at=str(values.get("created_at") or ""),
        updated_at=str(values.get("updated_at") or ""),
    )


def preferences(parts: Sequence[Part]) -> dict[str, Any] | None:
    """The filters of the member, as they stand in the export."""
    for part in parts:
        if part.name.startswith("preferences.") and part.has("include_genres", "diversity"):
            for _line, values in part.entries():
                if not isinstance(values, RowRefusedError):
                    return dict(values)
    return None


def sections(part: Part) -> list[Part]:
    """A JSON document as the tables in it, and a table as it was before it became CSV."""
    document = part.document
    if isinstance(document, dict) and "exported_at" in document:
        return [
            _section(name, rows)
            for name, rows in document.items()
            if isinstance(rows, list) and rows and isinstance(rows[0], dict)
        ]
    stem = part.name.rpartition(".")[0]
    if part.header is not None and (
        stem in NO_FILMS or any(_matches(one, part) for one in READERS)
    ):
        return [_plain(part)]
    return [part]


def _section(name: str, rows: list[Any]) -> Part:
    def entries() -> Iterator[tuple[int, Values | RowRefusedError]]:
        for number, row in enumerate(rows, start=1):
            yield number, row if isinstance(row, dict) else RowRefusedError("no-object")

    return Part(f"{name}.json", tuple(rows[0]), entries)


def _plain(part: Part) -> Part:
    def entries() -> Iterable[tuple[int, Values | RowRefusedError]]:
        for line, values in part.entries():
            if isinstance(values, RowRefusedError):
                yield line, values
            else:
                yield line, {name: _unquoted(value) for name, value in values.items()}

    return Part(part.name, part.header, entries, None, part.folder)


def _unquoted(value: Any) -> Any:
    if isinstance(value, str) and value.startswith("'"):
        inner = value.lstrip("'").lstrip(" \n")
        return value[1:] if inner.startswith(FORMULA_STARTS) else value
    return value


def _matches(name: str, part: Part) -> bool:
    stem = part.name.rpartition(".")[0] or part.name
    return part.has(*FILM, READERS[name][1]) and stem.startswith(name)


FORMATS = tuple(
    Format(
        ImportSource.MATINEE,
        name,
        partial(_matches, name),
        reader,
        (*DATES, time) if time not in DATES else DATES,
        list_head=list_head if name in ("list_films", "waiting_films") else None,
    )
    for name, (reader, time) in READERS.items()
)

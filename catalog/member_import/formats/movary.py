"""Movary's exports: ratings, history and watchlist as tables."""

from collections.abc import Iterator

from catalog.models.import_row import RowKind
from catalog.models.member_import import ImportSource

from . import cells
from .records import Format, NamedFilm, Part, ReadRow, Values

FILM = ("title", "tmdbid", "imdbid")


def ratings(values: Values) -> Iterator[ReadRow]:
    half_stars = cells.stars_given(cells.points(values["userrating"]))
    yield ReadRow(kind=RowKind.RATING, half_stars=half_stars, film=_film(values))


def history(values: Values) -> Iterator[ReadRow]:
    """A film as often as it was played; the day may be unknown."""
    at = values["watchedat"]
    yield ReadRow(
        kind=RowKind.DIARY if at else RowKind.SEEN,
        film=_film(values),
        watched_on=cells.day(at),
        note=cells.note(values.get("comment")) if at else "",
    )


def watchlist(values: Values) -> Iterator[ReadRow]:
    yield ReadRow(
        kind=RowKind.WATCHLIST, film=_film(values), happened_at=cells.moment(values["addedat"])
    )


def _film(values: Values) -> NamedFilm:
    year, tmdb_id, imdb_id = values.get("year"), values["tmdbid"], values["imdbid"]
    if str(tmdb_id).startswith("tt"):
        # Its watchlist has the year in the header, and not in the rows.
        year, tmdb_id, imdb_id = None, values.get("year"), tmdb_id
    return NamedFilm(
        title=cells.title(values["title"]),
        year=cells.year(year),
        tmdb_id=cells.number(tmdb_id),
        imdb_id=cells.imdb_id(imdb_id),
    )


def _format(column: str, read, label: str) -> Format:  # type: ignore[no-untyped-def]
    def matches(part: Part) -> bool:
        return part.has(*FILM, column)

    return Format(ImportSource.MOVARY, label, matches, read, ("watchedat", "addedat"))


FORMATS = (
    _format("userrating", ratings, "ratings.csv"),
    _format("watchedat", history, "history.csv"),
    _format("addedat", watchlist, "watchlist.csv"),
)

"""Simkl's backup, as JSON and as a table."""

from collections.abc import Iterator
from datetime import datetime

from catalog.models.import_row import RowKind
from catalog.models.member_import import ImportSource

from . import cells
from .records import Format, NamedFilm, Part, ReadRow, RowAsideError, RowRefusedError, Values

SECTIONS = ("movies",)
OTHER_SECTIONS = ("shows", "anime")


def json_film(values: Values) -> Iterator[ReadRow]:
    """A film with all that is said of it."""
    movie = values.get("movie")
    ids = movie.get("ids") if isinstance(movie, dict) else None
    if not isinstance(movie, dict) or not isinstance(ids, dict):
        raise RowRefusedError("no-object")
    film = NamedFilm(
        title=cells.title(movie.get("title")),
        year=cells.year(movie.get("year")),
        imdb_id=cells.imdb_id(ids.get("imdb")),
        tmdb_id=cells.number(ids.get("tmdb")),
    )
    memo = values.get("memo")
    yield from _film_rows(
        film,
        status=str(values.get("status") or ""),
        points=cells.points(values.get("user_rating")),
        rated_at=cells.moment(values.get("user_rated_at")),
        added_at=cells.moment(values.get("added_to_watchlist_at")),
        watched=str(values.get("last_watched_at") or ""),
        note=cells.note(memo.get("text") if isinstance(memo, dict) else memo),
    )


def csv_film(values: Values) -> Iterator[ReadRow]:
    cells.require_film(values.get("type"))
    film = NamedFilm(
        title=cells.title(values.get("title")),
        year=cells.year(values.get("year")),
        imdb_id=cells.imdb_id(values.get("imdb") or values.get("imdb_id")),
        tmdb_id=cells.number(values.get("tmdb") or values.get("tmdb_id")),
    )
    yield from _film_rows(
        film,
        status=str(values.get("watchlist") or ""),
        points=cells.points(values.get("rating")),
        watched=str(values.get("watcheddate") or ""),
        note=cells.note(values.get("memo")),
    )


def _film_rows(
    film: NamedFilm,
    *,
    status: str,
    points: int | None,
    watched: str,
    rated_at: datetime | None = None,
    added_at: datetime | None = None,
    note: str = "",
) -> Iterator[ReadRow]:
    state = status.strip().lower().replace(" ", "")
    if state == "true" or "plan" in state:
        yield ReadRow(kind=RowKind.WATCHLIST, film=film, happened_at=added_at)
    elif state == "notinteresting":
        yield ReadRow(kind=RowKind.HIDDEN, film=film, happened_at=added_at)
    elif state in ("", "completed", "watched", "dropped", "false"):
        kind = RowKind.DIARY if watched else RowKind.SEEN
        yield ReadRow(
            kind=kind,
            film=film,
            happened_at=cells.moment(watched),
            watched_on=cells.day(watched),
            half_stars=points if kind == RowKind.DIARY else None,
            note=note if kind == RowKind.DIARY else "",
        )
    elif points is None:
        raise RowAsideError("unfinished")
    if points is not None:
        yield ReadRow(kind=RowKind.RATING, film=film, half_stars=points, happened_at=rated_at)


def _is_backup(part: Part) -> bool:
    return part.name == "simkl movies" and isinstance(part.document, list)


DATES = ("last_watched_at", "user_rated_at", "added_to_watchlist_at", "watcheddate")
FORMATS = (
    Format(ImportSource.SIMKL, "SimklBackup.json", _is_backup, json_film, DATES),
    Format(
        ImportSource.SIMKL,
        "SimklBackup.csv",
        lambda part: part.has("title", "type", "watchlist", "watcheddate"),
        csv_film,
        DATES,
    ),
)

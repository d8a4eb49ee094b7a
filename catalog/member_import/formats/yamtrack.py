"""Yamtrack's export: one table of everything that its member tracks."""

from collections.abc import Iterator

from catalog.models.import_row import RowKind
from catalog.models.member_import import ImportSource

from . import cells
from .records import Format, NamedFilm, ReadRow, RowAsideError, Values


def tracked(values: Values) -> Iterator[ReadRow]:
    """A film, planned or seen; other sources than TMDB number films in ways of their own."""
    if values["media_type"].strip().lower() != "movie":
        raise RowAsideError("not-a-film")
    source = values.get("source", "tmdb").strip().lower()
    identifier = values["media_id"]
    film = NamedFilm(
        title=cells.title(values.get("title")),
        tmdb_id=cells.number(identifier) if source in ("", "tmdb") else None,
        imdb_id=cells.imdb_id(identifier) if source == "imdb" else None,
    )
    points = cells.points(values.get("score")) if _is_rated(values) else None
    rated_at = cells.moment(values.get("progressed_at") or values.get("created_at"))
    ended, status = values.get("end_date", ""), values.get("status", "").strip().lower()
    if status == "planning":
        yield ReadRow(kind=RowKind.WATCHLIST, film=film, happened_at=rated_at)
    elif status in ("", "completed", "dropped", "repeating") or ended:
        kind = RowKind.DIARY if ended else RowKind.SEEN
        yield ReadRow(
            kind=kind,
            film=film,
            watched_on=cells.day(ended),
            half_stars=points if ended else None,
            note=cells.note(values.get("notes")) if ended else "",
        )
    elif points is None:
        raise RowAsideError("unfinished")
    if points is not None:
        yield ReadRow(kind=RowKind.RATING, film=film, half_stars=points, happened_at=rated_at)


def _is_rated(values: Values) -> bool:
    """0 stands where nothing was given."""
    return bool(str(values.get("score") or "").strip("0. "))


FORMATS = (
    Format(
        ImportSource.YAMTRACK,
        "yamtrack.csv",
        lambda part: part.has("media_id", "media_type", "title", "score", "status"),
        tracked,
        ("end_date", "start_date", "progressed_at", "created_at"),
    ),
)

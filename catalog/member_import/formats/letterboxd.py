"""Letterboxd's export: ratings, diary, watchlist and watched.csv, or the ZIP that holds them."""

from collections.abc import Iterator

from catalog.models.member_import import ImportSource, RowKind

from . import cells
from .records import FileRefusedError, Format, NamedFilm, Part, ReadRow, RowAsideError, Values

FILM = {"date", "name", "year", "letterboxd uri"}
DIARY = FILM | {"rating", "watched date"}


def ratings(values: Values) -> Iterator[ReadRow]:
    half_stars = cells.stars_given(cells.stars(values["rating"]))
    yield ReadRow(
        kind=RowKind.RATING,
        film=_film(values),
        half_stars=half_stars,
        happened_at=cells.moment(values["date"]),
    )


def diary(values: Values) -> Iterator[ReadRow]:
    """A day, and stars that count where ratings.csv has none: that file has the latest ones."""
    film = _film(values)
    half_stars, written = cells.stars(values["rating"]), cells.moment(values["date"])
    watched_on = cells.day(values["watched date"])
    if half_stars is None and watched_on is None:
        raise RowAsideError("no-stars")
    if half_stars is not None:
        yield ReadRow(
            kind=RowKind.RATING,
            film=film,
            half_stars=half_stars,
            happened_at=written,
            priority=1,
        )
    if watched_on is not None:
        yield ReadRow(
            kind=RowKind.DIARY,
            film=film,
            half_stars=half_stars,
            happened_at=written,
            watched_on=watched_on,
            rewatch=str(values.get("rewatch", "")).strip().lower() == "yes",
        )


def watchlist(values: Values) -> Iterator[ReadRow]:
    yield ReadRow(
        kind=RowKind.WATCHLIST,
        film=_film(values),
        happened_at=cells.moment(values["date"]),
    )


def watched(values: Values) -> Iterator[ReadRow]:
    """Its date is when the film was marked, which may be long after it was watched."""
    yield ReadRow(
        kind=RowKind.SEEN,
        film=_film(values),
        happened_at=cells.moment(values["date"]),
    )


def _film(values: Values) -> NamedFilm:
    return NamedFilm(title=cells.title(values["name"]), year=cells.year(values["year"]))


def _is_watchlist(part: Part) -> bool:
    """The same columns as the list of films watched: only the name tells."""
    return set(part.header or ()) == FILM and "watchlist" in part.name


def _is_watched(part: Part) -> bool:
    return set(part.header or ()) == FILM and "watched" in part.name


def refuse_unnamed_list(part: Part) -> None:
    """A list of films by itself, whose name says neither watchlist nor watched."""
    if set(part.header or ()) == FILM:
        raise FileRefusedError("watched")


FORMATS = (
    Format(
        ImportSource.LETTERBOXD,
        "ratings.csv",
        lambda part: set(part.header or ()) == FILM | {"rating"},
        ratings,
    ),
    Format(
        ImportSource.LETTERBOXD,
        "diary.csv",
        lambda part: set(part.header or ()) >= DIARY and "review" not in (part.header or ()),
        diary,
    ),
    Format(ImportSource.LETTERBOXD, "watchlist.csv", _is_watchlist, watchlist),
    Format(ImportSource.LETTERBOXD, "watched.csv", _is_watched, watched),
)

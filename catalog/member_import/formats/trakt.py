"""Trakt's data: the JSON files of its export, or the ZIP of them, and its CSV lists.

The JSON of the export is that of Trakt's API, so that what backup tools save is read as well.
"""

import re
from collections.abc import Iterator
from datetime import UTC, datetime

from catalog.models.member_import import ImportSource, RowKind

from . import cells
from .records import (
    FileRefusedError,
    Format,
    NamedFilm,
    Part,
    ReadRow,
    RowAsideError,
    RowRefusedError,
    Values,
)

# Other lists may have the word in their names: lists-list-9-my-watchlist.json.
WATCHLIST = re.compile(r"(lists-)?watchlist")
UNKNOWN_DAY = datetime(1970, 1, 1, tzinfo=UTC)  # stands in a history where the day is not known


def json_ratings(values: Values) -> Iterator[ReadRow]:
    half_stars = cells.stars_given(cells.ten_points(values.get("rating")))
    yield ReadRow(
        kind=RowKind.RATING,
        half_stars=half_stars,
        happened_at=cells.moment(values.get("rated_at")),
        film=_film_of_json(values),
    )


def json_watchlist(values: Values) -> Iterator[ReadRow]:
    yield ReadRow(
        kind=RowKind.WATCHLIST,
        happened_at=cells.moment(values.get("listed_at")),
        film=_film_of_json(values),
    )


def json_watched(values: Values) -> Iterator[ReadRow]:
    """A viewing of the history, or the last one of a film watched."""
    film = _film_of_json(values)
    at = cells.moment(values.get("watched_at") or values.get("last_watched_at"))
    at = None if at == UNKNOWN_DAY else at
    yield ReadRow(
        kind=RowKind.SEEN, film=film, happened_at=at, watched_on=at.date() if at else None
    )


def _film_of_json(values: Values) -> NamedFilm:
    if values.get("type", "movie") != "movie":
        raise RowAsideError("not-a-film")
    movie = values.get("movie")
    ids = movie.get("ids") if isinstance(movie, dict) else None
    if not isinstance(movie, dict) or not isinstance(ids, dict):
        raise RowRefusedError("no-object")
    return NamedFilm(
        title=cells.title(movie.get("title")),
        year=cells.year(movie.get("year")),
        imdb_id=cells.imdb_id(ids.get("imdb")),
        tmdb_id=cells.number(ids.get("tmdb")),
    )


def csv_ratings(values: Values) -> Iterator[ReadRow]:
    _require_film(values)
    half_stars = cells.stars_given(cells.ten_points(values["rating"]))
    yield ReadRow(
        kind=RowKind.RATING,
        half_stars=half_stars,
        happened_at=cells.moment(values["rated_at"]),
        film=_film_of_csv(values),
    )


def csv_watchlist(values: Values) -> Iterator[ReadRow]:
    _require_film(values)
    yield ReadRow(
        kind=RowKind.WATCHLIST,
        happened_at=cells.moment(values["listed_at"]),
        film=_film_of_csv(values),
    )


def _require_film(values: Values) -> None:
    if values["type"].strip().lower() != "movie":
        raise RowAsideError("not-a-film")


def _film_of_csv(values: Values) -> NamedFilm:
    return NamedFilm(
        title=cells.title(values.get("title")),
        year=cells.year(values.get("year")),
        imdb_id=cells.imdb_id(values["imdb_id"]),
        tmdb_id=cells.number(values["tmdb_id"]),
    )


def _has(part: Part, *names: str) -> bool:
    return set(names) <= set(part.header or ())


def _first(part: Part) -> Values:
    document = part.document
    first = document[0] if isinstance(document, list) and document else None
    return first if isinstance(first, dict) else {}


def _entry(part: Part) -> Values:
    """The first element of a list of films; others of the export have other shapes."""
    first = _first(part)
    return first if "type" in first else {}


def refuse_other_list(part: Part) -> None:
    """A list that is not named as the watchlist is, uploaded by itself."""
    if "listed_at" in _entry(part) or _has(part, "listed_at", "imdb_id", "tmdb_id"):
        raise FileRefusedError("some-list")


FORMATS = (
    Format(
        ImportSource.TRAKT,
        "ratings-movies.json",
        lambda part: {"rated_at", "rating"} <= set(_entry(part)),
        json_ratings,
    ),
    Format(
        ImportSource.TRAKT,
        "lists-watchlist.json",
        lambda part: "listed_at" in _entry(part) and bool(WATCHLIST.match(part.name)),
        json_watchlist,
    ),
    Format(
        ImportSource.TRAKT,
        "history.json",
        lambda part: "watched_at" in _entry(part),
        json_watched,
    ),
    Format(
        ImportSource.TRAKT,
        "watched-movies.json",
        lambda part: {"last_watched_at", "movie"} <= set(_first(part)),
        json_watched,
    ),
    Format(
        ImportSource.TRAKT,
        "ratings.csv",
        lambda part: _has(part, "rated_at", "type", "imdb_id", "tmdb_id", "rating"),
        csv_ratings,
    ),
    Format(
        ImportSource.TRAKT,
        "watchlist.csv",
        lambda part: (
            _has(part, "listed_at", "type", "imdb_id", "tmdb_id") and "watchlist" in part.name
        ),
        csv_watchlist,
    ),
)

"""MovieLens: the site's own export of one member, and ratings.csv as its datasets have it."""

import json
from collections.abc import Iterator

from catalog.datasets.titles import parse_title
from catalog.models.import_row import RowKind
from catalog.models.member_import import ImportSource

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


def ratings(values: Values) -> Iterator[ReadRow]:
    """The export has no times; the log, where it lies beside it, has."""
    half_stars = cells.stars_given(cells.stars(values["rating"]))
    yield ReadRow(kind=RowKind.RATING, half_stars=half_stars, film=_film(values))


def wishlist(values: Values) -> Iterator[ReadRow]:
    yield ReadRow(kind=RowKind.WATCHLIST, film=_film(values))


def hidden(values: Values) -> Iterator[ReadRow]:
    yield ReadRow(kind=RowKind.HIDDEN, film=_film(values))


def log(values: Values) -> Iterator[ReadRow]:
    """Everything that the member ever did; of it, what was rated and when."""
    if values["action_type"].strip().lower() not in ("rating", "movie-rating"):
        raise RowAsideError("log")
    try:
        told = json.loads(values["log_json"])
    except (ValueError, RecursionError) as error:
        raise RowRefusedError("no-object") from error
    if not isinstance(told, dict):
        raise RowRefusedError("no-object")
    rating = told.get("rating")
    if isinstance(rating, int | float) and rating <= 0:
        raise RowAsideError("log")
    yield ReadRow(
        kind=RowKind.RATING,
        half_stars=cells.stars_given(cells.stars(rating)),
        happened_at=cells.moment(values["datetime"]),
        film=NamedFilm(movielens_id=cells.number(told.get("movieId"))),
        priority=1,
    )


def _film(values: Values) -> NamedFilm:
    title = parse_title(cells.title(values["title"]))
    return NamedFilm(
        title=title.title,
        year=title.year,
        movielens_id=cells.number(values["movie_id"]),
        imdb_id=cells.imdb_id(values["imdb_id"]),
        tmdb_id=cells.number(values["tmdb_id"]),
    )


def dataset_ratings(values: Values) -> Iterator[ReadRow]:
    half_stars = cells.stars_given(cells.stars(values["rating"]))
    yield ReadRow(
        kind=RowKind.RATING,
        half_stars=half_stars,
        happened_at=cells.moment(values.get("timestamp")),
        film=NamedFilm(movielens_id=cells.number(values["movieid"])),
    )


def _is_of_one_person(part: Part) -> bool:
    if not part.has("userid", "movieid", "rating"):
        return False
    first = None
    for _line, values in part.entries():
        if isinstance(values, RowRefusedError):
            continue
        first = first or values["userid"]
        if values["userid"] != first:
            raise FileRefusedError("many-people")
    return True


EXPORT = ("movie_id", "imdb_id", "tmdb_id", "title")
FORMATS = (
    Format(
        ImportSource.MOVIELENS,
        "movielens-ratings.csv",
        lambda part: part.has(*EXPORT, "rating"),
        ratings,
    ),
    Format(
        ImportSource.MOVIELENS,
        "movielens-hidden.csv",
        lambda part: part.has(*EXPORT) and "hidden" in part.name,
        hidden,
    ),
    Format(
        ImportSource.MOVIELENS,
        "movielens-wishlist.csv",
        lambda part: part.has(*EXPORT),
        wishlist,
    ),
    Format(
        ImportSource.MOVIELENS,
        "movielens-log.csv",
        lambda part: part.has("datetime", "action_type", "log_json"),
        log,
        ("datetime",),
    ),
    Format(
        ImportSource.MOVIELENS, "ratings.csv", _is_of_one_person, dataset_ratings, ("timestamp",)
    ),
)

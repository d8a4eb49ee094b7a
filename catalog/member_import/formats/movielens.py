"""MovieLens: the site's own export of one member, and ratings.csv as its datasets have it."""

from collections.abc import Iterator

from catalog.datasets.titles import parse_title
from catalog.models.member_import import ImportSource, RowKind

from . import cells
from .records import FileRefusedError, Format, NamedFilm, Part, ReadRow, Values


def ratings(values: Values) -> Iterator[ReadRow]:
    """The export has no times."""
    half_stars = cells.stars_given(cells.stars(values["rating"]))
    yield ReadRow(kind=RowKind.RATING, half_stars=half_stars, film=_film(values))


def wishlist(values: Values) -> Iterator[ReadRow]:
    yield ReadRow(kind=RowKind.WATCHLIST, film=_film(values))


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
        happened_at=cells.seconds(values.get("timestamp")),
        film=NamedFilm(movielens_id=cells.number(values["movieid"])),
    )


def _is_of_one_person(part: Part) -> bool:
    if not {"userid", "movieid", "rating"} <= set(part.header or ()):
        return False
    people = {values["userid"] for _, values in part.entries() if isinstance(values, dict)}
    if len(people) > 1:
        raise FileRefusedError("many-people")
    return True


EXPORT = {"movie_id", "imdb_id", "tmdb_id", "title"}
FORMATS = (
    Format(
        ImportSource.MOVIELENS,
        "movielens-ratings.csv",
        lambda part: EXPORT | {"rating"} <= set(part.header or ()),
        ratings,
    ),
    Format(
        ImportSource.MOVIELENS,
        "movielens-wishlist.csv",
        lambda part: set(part.header or ()) >= EXPORT,
        wishlist,
    ),
    Format(ImportSource.MOVIELENS, "ratings.csv", _is_of_one_person, dataset_ratings),
)

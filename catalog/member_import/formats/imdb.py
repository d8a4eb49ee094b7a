"""IMDb's exports of one's ratings and of the watchlist."""

from collections.abc import Iterator

from catalog.models.member_import import ImportSource, RowKind

from . import cells
from .records import Format, NamedFilm, Part, ReadRow, RowAsideError, Values

# As written without blanks, in small letters, today ("TV Series") and formerly ("tvSeries").
NOT_FILMS = {
    "tvseries",
    "tvminiseries",
    "tvepisode",
    "videogame",
    "musicvideo",
    "podcastseries",
    "podcastepisode",
}


def ratings(values: Values) -> Iterator[ReadRow]:
    _require_film(values)
    half_stars = cells.stars_given(cells.ten_points(values["your rating"]))
    yield ReadRow(
        kind=RowKind.RATING,
        half_stars=half_stars,
        happened_at=cells.moment(values["date rated"]),
        film=_film(values),
    )


def watchlist(values: Values) -> Iterator[ReadRow]:
    _require_film(values)
    yield ReadRow(
        kind=RowKind.WATCHLIST,
        happened_at=cells.moment(values["created"]),
        film=_film(values),
    )


def _film(values: Values) -> NamedFilm:
    return NamedFilm(
        title=cells.title(values.get("title")),
        year=cells.year(values.get("year")),
        imdb_id=cells.imdb_id(values["const"]),
    )


def _require_film(values: Values) -> None:
    kind = str(values.get("title type", "")).lower().replace(" ", "").replace("-", "")
    if kind in NOT_FILMS:
        raise RowAsideError("not-a-film")


def _is_watchlist(part: Part) -> bool:
    """Lists, too, have the column "Your Rating", of which this makes no use."""
    return {"position", "const", "created"} <= set(part.header or ())


FORMATS = (
    Format(ImportSource.IMDB, "watchlist.csv", _is_watchlist, watchlist),
    Format(
        ImportSource.IMDB,
        "ratings.csv",
        lambda part: {"const", "your rating", "date rated"} <= set(part.header or ()),
        ratings,
    ),
)

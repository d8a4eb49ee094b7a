"""TMDB's exports: ratings, watchlist and favourites of one layout, and lists."""

from collections.abc import Iterator, Sequence

from django.utils.translation import gettext as _

from catalog.models.import_row import RowKind
from catalog.models.member_import import ImportSource

from . import cells
from .letterboxd import guess_use, title_of_file
from .records import Format, ListHead, NamedFilm, Part, ReadRow, Values

COLUMNS = ("tmdb id", "imdb id", "type", "name")


def rated(values: Values) -> Iterator[ReadRow]:
    """One's own stars are "Your Rating"; "Rating" is everybody's."""
    film = _film(values)
    half_stars = cells.points(values.get("your rating"))
    yield ReadRow(
        kind=RowKind.RATING,
        half_stars=cells.stars_given(half_stars),
        happened_at=cells.moment(values.get("date rated")),
        film=film,
    )


def listed(values: Values) -> Iterator[ReadRow]:
    film = _film(values)
    added = cells.moment(values.get("date added") or values.get("created"))
    yield ReadRow(kind=RowKind.LIST, film=film, happened_at=added)
    if (half_stars := cells.points(values.get("your rating"))) is not None:
        yield ReadRow(
            kind=RowKind.RATING,
            half_stars=half_stars,
            happened_at=cells.moment(values.get("date rated")),
            film=film,
        )


def _film(values: Values) -> NamedFilm:
    cells.require_film(values.get("type"))
    return NamedFilm(
        title=cells.title(values.get("name")),
        year=cells.year_of_day(values.get("release date")),
        tmdb_id=cells.number(values.get("tmdb id")),
        imdb_id=cells.imdb_id(values.get("imdb id")),
    )


def list_head(part: Part, others: Sequence[Part]) -> ListHead:
    if "favo" in part.name:
        return ListHead(
            key="favourites", title=_("Favourites"), description=_("Favourites at TMDB.")
        )
    return ListHead(key=part.path, title=title_of_file(part.name))


def guess_list_use(part: Part) -> str | None:
    return None if "favo" in part.name or "watchlist" in part.name else guess_use(part)


DATES = ("date rated", "date added", "created")
FORMATS = (
    Format(
        ImportSource.TMDB,
        "ratings.csv",
        lambda part: part.has(*COLUMNS, "your rating") and "rating" in part.name,
        rated,
        DATES,
    ),
    Format(
        ImportSource.TMDB,
        "watchlist.csv",
        lambda part: part.has(*COLUMNS),
        listed,
        DATES,
        list_head=list_head,
        guess_use=guess_list_use,
    ),
)

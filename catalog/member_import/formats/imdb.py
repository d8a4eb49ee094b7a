"""IMDb's exports: ratings in all layouts since 2016, the watchlist, and any list."""

from collections.abc import Iterator, Sequence

from catalog.models.import_row import RowKind
from catalog.models.member_import import ImportSource

from . import cells
from .letterboxd import guess_use, title_of_file
from .records import Format, ListHead, NamedFilm, Part, ReadRow, Values

RATING_COLUMNS = ("your rating", "you rated")


def ratings(values: Values) -> Iterator[ReadRow]:
    cells.require_film(values.get("title type"))
    yield _rating(values, cells.stars_given(_points(values)), "date rated")


def old_ratings(values: Values) -> Iterator[ReadRow]:
    """Before 2017 ratings had the columns of a list."""
    cells.require_film(values.get("title type"))
    yield _rating(values, cells.stars_given(_points(values)), "created")


def listed(values: Values) -> Iterator[ReadRow]:
    """A film of the watchlist or of a list, and the member's stars where it has some."""
    cells.require_film(values.get("title type"))
    yield ReadRow(
        kind=RowKind.LIST,
        film=_film(values),
        happened_at=cells.moment(values.get("created")),
        note=cells.note(values.get("description")),
    )
    if (half_stars := _points(values)) is not None:
        yield _rating(values, half_stars, "date rated")


def _rating(values: Values, half_stars: int, when: str) -> ReadRow:
    return ReadRow(
        kind=RowKind.RATING,
        half_stars=half_stars,
        happened_at=cells.moment(values.get(when)),
        film=_film(values),
    )


def _points(values: Values) -> int | None:
    return cells.points(next((values[name] for name in RATING_COLUMNS if values.get(name)), ""))


def _film(values: Values) -> NamedFilm:
    return NamedFilm(
        title=cells.title(values.get("title")),
        year=cells.year(values.get("year")),
        imdb_id=cells.imdb_id(values["const"]),
        director=cells.title(values.get("directors"))[:300],
    )


def list_head(part: Part, others: Sequence[Part]) -> ListHead:
    return ListHead(key=part.path, title=title_of_file(part.name))


def guess_list_use(part: Part) -> str | None:
    """None for what is named as IMDb names the watchlist: then nobody is asked."""
    use = guess_use(part)
    return None if use == RowKind.WATCHLIST else use


def _is_ratings(part: Part) -> bool:
    return part.has("const", "your rating") and not part.has("position")


FORMATS = (
    Format(ImportSource.IMDB, "ratings.csv", _is_ratings, ratings, ("date rated",)),
    Format(
        ImportSource.IMDB,
        "ratings.csv (2016)",
        lambda part: part.has("const", "you rated"),
        old_ratings,
        ("created", "date rated"),
    ),
    Format(
        ImportSource.IMDB,
        "list.csv",
        lambda part: part.has("const") and bool({"position", "created"} & set(part.header or ())),
        listed,
        ("created", "date rated"),
        list_head=list_head,
        guess_use=guess_list_use,
    ),
)

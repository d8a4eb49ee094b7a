"""Letterboxd's export: the ZIP, any file of it, a single list, and the format that it imports.

In the diary and among reviews the address is that of the entry, elsewhere that of the film.
"""

from collections.abc import Iterator, Sequence

from django.utils.translation import gettext as _

from catalog.models.import_row import RowKind
from catalog.models.member_import import ImportSource

from . import cells
from .records import Format, ListHead, NamedFilm, Part, ReadRow, RowRefusedError, Values

FILM = {"date", "name", "year", "letterboxd uri"}
DIARY = FILM | {"rating", "watched date"}
LIST = {"position", "name", "year"}
IMPORTED = {
    "letterboxduri",
    "url",
    "tmdbid",
    "imdbid",
    "title",
    "year",
    "directors",
    "rating",
    "rating10",
    "watcheddate",
    "rewatch",
    "tags",
    "review",
}
LIKES, REVIEWS = "likes", "reviews"


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
    yield from _viewing(_film(values, entry=True), values, priority=1)


def reviews(values: Values) -> Iterator[ReadRow]:
    """A text belongs to its day in the diary; without a day it has a list of its own."""
    film, text = _film(values, entry=True), cells.note(values["review"])
    if not values["watched date"] and text:
        yield ReadRow(
            kind=RowKind.LIST, film=film, note=text, happened_at=cells.moment(values["date"])
        )
        if (half_stars := cells.stars(values["rating"])) is not None:
            written = cells.moment(values["date"])
            yield ReadRow(
                kind=RowKind.RATING,
                film=film,
                half_stars=half_stars,
                happened_at=written,
                priority=2,
            )
        return
    yield from _viewing(film, values, priority=2, note=text)


def _viewing(
    film: NamedFilm, values: Values, *, priority: int, note: str = ""
) -> Iterator[ReadRow]:
    half_stars, written = cells.stars(values["rating"]), cells.moment(values["date"])
    watched_on = cells.day(values["watched date"])
    if half_stars is not None:
        yield ReadRow(
            kind=RowKind.RATING,
            film=film,
            half_stars=half_stars,
            happened_at=written,
            priority=priority,
        )
    if watched_on is not None:
        yield ReadRow(
            kind=RowKind.DIARY,
            film=film,
            half_stars=half_stars,
            happened_at=written,
            watched_on=watched_on,
            rewatch=cells.truth(values.get("rewatch")),
            note=note,
            priority=priority - 1,
        )
    elif half_stars is None:
        yield ReadRow(kind=RowKind.SEEN, film=film, happened_at=written)


def watchlist(values: Values) -> Iterator[ReadRow]:
    yield ReadRow(
        kind=RowKind.WATCHLIST, film=_film(values), happened_at=cells.moment(values["date"])
    )


def watched(values: Values) -> Iterator[ReadRow]:
    """Its date is when the film was marked, which may be long after it was watched."""
    yield ReadRow(kind=RowKind.SEEN, film=_film(values), happened_at=cells.moment(values["date"]))


def listed(values: Values) -> Iterator[ReadRow]:
    """A film of a list, liked, or in a file of which nothing says what it is for."""
    yield ReadRow(
        kind=RowKind.LIST,
        film=_film(values),
        happened_at=cells.moment(values.get("date")),
        note=cells.note(values.get("description")),
    )


def imported(values: Values) -> Iterator[ReadRow]:
    """The format that Letterboxd imports, and dozens of tools write: what it says was watched."""
    film = _imported_film(values)
    half_stars = cells.stars(values.get("rating"))
    if half_stars is None:
        half_stars = cells.points(values.get("rating10"))
    watched_on, text = cells.day(values.get("watcheddate")), cells.note(values.get("review"))
    if half_stars is not None:
        yield ReadRow(
            kind=RowKind.RATING,
            film=film,
            half_stars=half_stars,
            happened_at=cells.moment(values.get("watcheddate")),
        )
    if watched_on is not None:
        yield ReadRow(
            kind=RowKind.DIARY,
            film=film,
            half_stars=half_stars,
            watched_on=watched_on,
            rewatch=cells.truth(values.get("rewatch")),
            note=text,
        )
    elif text:
        yield ReadRow(kind=RowKind.LIST, film=film, note=text)
    if half_stars is None and watched_on is None:
        yield ReadRow(kind=RowKind.SEEN, film=film)


def imported_watchlist(values: Values) -> Iterator[ReadRow]:
    yield ReadRow(kind=RowKind.WATCHLIST, film=_imported_film(values))


def _imported_film(values: Values) -> NamedFilm:
    return NamedFilm(
        title=cells.title(values.get("title")),
        year=cells.year(values.get("year")),
        imdb_id=cells.imdb_id(values.get("imdbid")),
        tmdb_id=cells.number(values.get("tmdbid")),
        letterboxd_id=cells.letterboxd_id(values.get("letterboxduri") or values.get("url")),
        director=cells.title(values.get("directors")),
    )


def _film(values: Values, *, entry: bool = False) -> NamedFilm:
    address = values.get("letterboxd uri") or values.get("url")
    title = cells.title(values["name"])
    if not title:
        raise RowRefusedError("no-film")
    return NamedFilm(
        title=title,
        year=cells.year(values.get("year")),
        letterboxd_id=None if entry else cells.letterboxd_id(address),
    )


def favourites_head(part: Part, others: Sequence[Part]) -> ListHead:
    return ListHead(key=LIKES, title=_("Favourites"), description=_("Films liked at Letterboxd."))


def reviews_head(part: Part, others: Sequence[Part]) -> ListHead:
    """Where the text of a review without a day stands."""
    return ListHead(
        key=REVIEWS, title=_("Reviews"), description=_("Reviews without a day of watching.")
    )


def list_head(part: Part, others: Sequence[Part]) -> ListHead:
    name = cells.title(part.head.get("name")) or title_of_file(part.name)
    return ListHead(
        key=part.path,
        title=name,
        description=cells.note(part.head.get("description"), 2000),
        created_at=cells.title(part.head.get("date")),
    )


def title_of_file(name: str) -> str:
    """``best-of-the-nineties.csv`` → ``Best of the nineties``."""
    stem = name.rsplit(".", 1)[0].replace("-", " ").replace("_", " ").strip()
    return stem[:1].upper() + stem[1:] or name


def guess_use(part: Part) -> str:
    """What a list by itself may be, by its name."""
    if "watchlist" in part.name:
        return RowKind.WATCHLIST
    words = ("seen", "watched", "viewed", "gesehen", "vu")
    return RowKind.SEEN if any(word in part.name for word in words) else RowKind.LIST


def _is_film_file(part: Part, name: str) -> bool:
    """The same columns as other lists of films: only the name tells."""
    return set(part.header or ()) == FILM and name in part.name and "lists" not in part.folder


def _is_list(part: Part) -> bool:
    header = set(part.header or ())
    if header == FILM:
        return "lists" in part.folder
    telling = {"url", "letterboxd uri", "description"} & header
    return header >= LIST and bool(telling) and "const" not in header


def _is_imported(part: Part) -> bool:
    header = set(part.header or ())
    telling = {"rating10", "watcheddate", "letterboxduri", "imdbid", "tmdbid"} & header
    return bool(telling) and header <= IMPORTED and bool({"title", "imdbid", "tmdbid"} & header)


def _format(label: str, matches, read, dates=("date",), **more) -> Format:  # type: ignore[no-untyped-def]
    return Format(ImportSource.LETTERBOXD, label, matches, read, dates, **more)


FORMATS = (
    _format("ratings.csv", lambda part: set(part.header or ()) == FILM | {"rating"}, ratings),
    _format(
        "diary.csv",
        lambda part: set(part.header or ()) >= DIARY and not part.has("review"),
        diary,
        ("date", "watched date"),
    ),
    _format(
        "reviews.csv",
        lambda part: part.has(*DIARY, "review"),
        reviews,
        ("date", "watched date"),
        list_head=reviews_head,
    ),
    _format(
        "likes/films.csv",
        lambda part: set(part.header or ()) == FILM and "likes" in part.folder,
        listed,
        list_head=favourites_head,
    ),
    _format("watchlist.csv", lambda part: _is_film_file(part, "watchlist"), watchlist),
    _format("watched.csv", lambda part: _is_film_file(part, "watched"), watched),
    _format(
        "lists/….csv",
        _is_list,
        listed,
        list_head=list_head,
    ),
    _format(
        "films.csv",
        lambda part: set(part.header or ()) == FILM,
        listed,
        list_head=list_head,
        guess_use=guess_use,
    ),
    _format(
        "watchlist.csv",
        lambda part: _is_imported(part) and "watchlist" in part.name,
        imported_watchlist,
        (),
    ),
    _format("import.csv", _is_imported, imported, ("watcheddate",), list_head=reviews_head),
)

"""What a site like this one exports: a ZIP of CSV files, or one JSON document."""

from collections.abc import Iterable, Iterator
from functools import partial

from catalog.models.member_import import ImportSource, RowKind

from . import cells
from .records import Format, NamedFilm, Part, ReadRow, RowRefusedError, Values

FILM = {"title", "year", "movielens_id", "imdb_id", "tmdb_id"}


def ratings(values: Values) -> Iterator[ReadRow]:
    half_stars = cells.stars_given(cells.stars(values.get("rating")))
    yield ReadRow(
        kind=RowKind.RATING,
        half_stars=half_stars,
        happened_at=cells.moment(values.get("rated_at")),
        film=_film(values),
    )


def watchlist(values: Values) -> Iterator[ReadRow]:
    yield ReadRow(
        kind=RowKind.WATCHLIST,
        happened_at=cells.moment(values.get("added_at")),
        film=_film(values),
    )


def diary(values: Values) -> Iterator[ReadRow]:
    watched_on = cells.day(values.get("watched_on"))
    if watched_on is None:
        raise RowRefusedError("bad-date", value="")
    stars = "rating" if "rating" in values else "stars"
    yield ReadRow(
        kind=RowKind.DIARY,
        half_stars=cells.stars(values.get(stars)),
        watched_on=watched_on,
        rewatch=values.get("rewatch") in (True, "true"),
        film=_film(values),
    )


def seen(values: Values) -> Iterator[ReadRow]:
    yield ReadRow(
        kind=RowKind.SEEN,
        happened_at=cells.moment(values.get("marked_at")),
        watched_on=cells.day(values.get("watched_on")),
        film=_film(values),
    )


def _film(values: Values) -> NamedFilm:
    title = values.get("title")
    if isinstance(title, str):
        # Before what a spreadsheet would calculate the export puts an apostrophe.
        title = title.removeprefix("'") if title[1:2] in set("=+-@＝＋－＠") else title
    return NamedFilm(
        title=cells.title(title),
        year=cells.year(values.get("year")),
        movielens_id=cells.number(values.get("movielens_id")),
        imdb_id=cells.imdb_id(values.get("imdb_id")),
        tmdb_id=cells.number(values.get("tmdb_id")),
    )


READERS = {"ratings": ratings, "watchlist": watchlist, "diary": diary, "seen_films": seen}
TIMES = {
    "ratings": "rated_at",
    "watchlist": "added_at",
    "diary": "watched_on",
    "seen_films": "marked_at",
}


def sections(part: Part) -> Iterable[Part]:
    """The tables in the JSON document, each as a part of its own."""
    document = part.document
    if not isinstance(document, dict) or "exported_at" not in document:
        return
    for name in READERS:
        rows = document.get(name)
        if isinstance(rows, list) and rows:
            yield _section(name, rows)


def _section(name: str, rows: list[object]) -> Part:
    def entries() -> Iterator[tuple[int, Values | RowRefusedError]]:
        for number, row in enumerate(rows, start=1):
            yield number, row if isinstance(row, dict) else RowRefusedError("no-object")

    first = rows[0]
    return Part(f"{name}.json", tuple(first) if isinstance(first, dict) else (), entries)


def _matches(name: str, part: Part) -> bool:
    return set(part.header or ()) >= FILM | {TIMES[name]} and part.name.startswith(name)


FORMATS = tuple(
    Format(ImportSource.MATINEE, name, partial(_matches, name), reader)
    for name, reader in READERS.items()
)

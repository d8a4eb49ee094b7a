"""Trakt's data: the JSON files of its export, or the ZIP of them, and its CSV lists.

The JSON of the export is that of Trakt's API, so that what backup tools save is read as well.
Names have a number behind them where a file was cut in pieces.
"""

import re
from collections.abc import Iterator, Sequence

from django.utils.translation import gettext as _

from catalog.models.import_row import RowKind
from catalog.models.member_import import ImportSource

from . import cells
from .letterboxd import guess_use, title_of_file
from .records import (
    Format,
    ListHead,
    NamedFilm,
    Part,
    ReadRow,
    RowAsideError,
    RowRefusedError,
    Values,
)

# Other lists may have the word in their names: lists-list-9-my-watchlist.json.
WATCHLIST = re.compile(r"(?:lists-)?watchlist(?:-movies)?(?:-\d+)?\.json")
FAVOURITES = re.compile(r"(?:lists-)?favou?rites(?:-movies)?(?:-\d+)?\.json")
LIST_NAME = re.compile(r"(?:lists-)?(?:list-)?(?:(\d+)-?)?(.*?)(?:-\d+)?\.json")
# Stands in a history where the day is not known.
UNKNOWN_DAYS = ("1970-01-01", "1969-12-31")


def json_ratings(values: Values) -> Iterator[ReadRow]:
    half_stars = cells.stars_given(cells.points(values.get("rating")))
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


def json_listed(values: Values) -> Iterator[ReadRow]:
    yield ReadRow(
        kind=RowKind.LIST,
        happened_at=cells.moment(values.get("listed_at")),
        note=cells.note(values.get("notes")),
        film=_film_of_json(values),
    )


def json_hidden(values: Values) -> Iterator[ReadRow]:
    yield ReadRow(
        kind=RowKind.HIDDEN,
        happened_at=cells.moment(values.get("hidden_at")),
        film=_film_of_json(values),
    )


def json_comment(values: Values) -> Iterator[ReadRow]:
    comment = values.get("comment")
    if not isinstance(comment, dict) or comment.get("parent_id"):
        raise RowAsideError("comments")
    yield ReadRow(
        kind=RowKind.LIST, film=_film_of_json(values), note=cells.note(comment.get("comment"))
    )


def json_watched(values: Values) -> Iterator[ReadRow]:
    """A viewing of the history, or the last one of a film watched."""
    film, at = _film_of_json(values), str(values.get("watched_at") or "")
    if at and not at.startswith(UNKNOWN_DAYS):
        when = cells.moment(at)
        yield ReadRow(
            kind=RowKind.DIARY, film=film, happened_at=when, watched_on=cells.day(when and at)
        )
        return
    last = str(values.get("last_watched_at") or "")
    last = "" if last.startswith(UNKNOWN_DAYS) else last
    yield ReadRow(
        kind=RowKind.SEEN, film=film, happened_at=cells.moment(last), watched_on=cells.day(last)
    )


def _film_of_json(values: Values) -> NamedFilm:
    if values.get("type", "movie") != "movie" or "show" in values:
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


def csv_row(values: Values) -> Iterator[ReadRow]:
    """Trakt's tables: ratings, history, watchlist and lists differ by the name of the time."""
    cells.require_film(values["type"])
    film = NamedFilm(
        title=cells.title(values.get("title")),
        year=cells.year(values.get("year")),
        imdb_id=cells.imdb_id(values["imdb_id"]),
        tmdb_id=cells.number(values["tmdb_id"]),
    )
    if "rated_at" in values:
        half_stars = cells.stars_given(cells.points(values.get("rating")))
        when = cells.moment(values["rated_at"])
        yield ReadRow(kind=RowKind.RATING, half_stars=half_stars, happened_at=when, film=film)
    elif "watched_at" in values:
        at = values["watched_at"]
        kind = RowKind.DIARY if at else RowKind.SEEN
        yield ReadRow(kind=kind, film=film, happened_at=cells.moment(at), watched_on=cells.day(at))
    else:
        when, text = cells.moment(values.get("listed_at")), cells.note(values.get("notes"))
        yield ReadRow(kind=RowKind.LIST, film=film, happened_at=when, note=text)


def favourites_head(part: Part, others: Sequence[Part]) -> ListHead:
    return ListHead(key="favourites", title=_("Favourites"), description=_("Favourites at Trakt."))


def comments_head(part: Part, others: Sequence[Part]) -> ListHead:
    return ListHead(
        key="reviews", title=_("Reviews"), description=_("Reviews without a day of watching.")
    )


def list_head(part: Part, others: Sequence[Part]) -> ListHead:
    """Its name stands in another file, lists-lists.json, under the number in this one's name."""
    match = LIST_NAME.fullmatch(part.name)
    number, slug = (match[1], match[2]) if match else (None, "")
    for about in _known_lists(others):
        ids = about.get("ids")
        if not isinstance(ids, dict):
            continue
        if (number and str(ids.get("trakt")) == number) or (slug and ids.get("slug") == slug):
            return ListHead(
                key=f"list-{ids.get('trakt')}",
                title=cells.title(about.get("name")) or title_of_file(part.name),
                description=cells.note(about.get("description"), 2000),
                is_public=about.get("privacy") == "public",
                created_at=str(about.get("created_at") or ""),
                updated_at=str(about.get("updated_at") or ""),
            )
    return ListHead(key=number or slug or part.path, title=title_of_file(slug or part.name))


def _known_lists(others: Sequence[Part]) -> Iterator[Values]:
    for other in others:
        if other.name.startswith(("lists-lists", "lists.json")) and isinstance(
            other.document, list
        ):
            yield from (one for one in other.document if isinstance(one, dict))


def _first(part: Part) -> Values:
    """The first element that says what it is; one without a film may stand before it."""
    document = part.document if isinstance(part.document, list) else []
    found = (one for one in document[:50] if isinstance(one, dict))
    return next((one for one in found if "type" in one or "movie" in one), {})


def _guess_csv_use(part: Part) -> str | None:
    return None if "watchlist" in part.name else guess_use(part)


def _has(key: str, part: Part) -> bool:
    return key in _first(part)


TIMES = ("rated_at", "watched_at", "last_watched_at", "listed_at", "hidden_at")


def _format(label: str, matches, read, **more) -> Format:  # type: ignore[no-untyped-def]
    return Format(ImportSource.TRAKT, label, matches, read, TIMES, **more)


FORMATS = (
    _format(
        "ratings-movies.json", lambda p: {"rated_at", "rating"} <= set(_first(p)), json_ratings
    ),
    _format(
        "lists-watchlist.json",
        lambda p: _has("listed_at", p) and bool(WATCHLIST.fullmatch(p.name)),
        json_watchlist,
    ),
    _format(
        "lists-favorites.json",
        lambda p: _has("listed_at", p) and bool(FAVOURITES.fullmatch(p.name)),
        json_listed,
        list_head=favourites_head,
    ),
    _format("lists-….json", lambda p: _has("listed_at", p), json_listed, list_head=list_head),
    _format("hidden-movies.json", lambda p: _has("hidden_at", p), json_hidden),
    _format("watched-history.json", lambda p: _has("watched_at", p), json_watched),
    _format(
        "watched-movies.json",
        lambda p: {"last_watched_at", "movie"} <= set(_first(p)),
        json_watched,
    ),
    _format(
        "comments-movies.json",
        lambda p: {"comment", "movie"} <= set(_first(p)),
        json_comment,
        list_head=comments_head,
    ),
    _format(
        "ratings.csv", lambda p: p.has("rated_at", "type", "imdb_id", "tmdb_id", "rating"), csv_row
    ),
    _format("history.csv", lambda p: p.has("watched_at", "type", "imdb_id", "tmdb_id"), csv_row),
    _format(
        "list.csv",
        lambda p: p.has("listed_at", "type", "imdb_id", "tmdb_id"),
        csv_row,
        list_head=list_head,
        guess_use=_guess_csv_use,
    ),
)

"""Ryot's export: one JSON document, of which films are a part."""

from collections.abc import Iterator, Sequence

from catalog.models.import_row import RowKind
from catalog.models.member_import import ImportSource

from . import cells, dates
from .letterboxd import reviews_head
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

# The names of its sections, now and before.
SECTIONS = ("metadata", "media")
WATCHLIST = "watchlist"
# Collections that it keeps by itself, and that say no more than the history does.
OWN_COLLECTIONS = {"completed", "in progress", "monitoring", "owned", "reminders", "custom"}


def film(values: Values) -> Iterator[ReadRow]:
    """A film with its viewings, reviews and collections."""
    if str(values.get("lot", "")).lower() != "movie":
        raise RowAsideError("not-a-film")
    named = _named(values)
    seen = list(_objects(values, "seen_history", "seenHistory"))
    for viewing in seen:
        ended = _day(viewing.get("ended_on") or viewing.get("endedOn"))
        progress = str(viewing.get("progress") or "100")
        if progress.replace(".", "", 1).isdigit() and float(progress) < 80:
            continue
        kind = RowKind.DIARY if ended else RowKind.SEEN
        yield ReadRow(kind=kind, film=named, watched_on=cells.day(ended))
    for review in _objects(values, "reviews"):
        yield from _review(named, review)
    for collection in values.get("collections") or []:
        name = collection.get("collection_name") if isinstance(collection, dict) else collection
        if str(name or "").lower() == WATCHLIST:
            yield ReadRow(kind=RowKind.WATCHLIST, film=named)
        elif name and str(name).lower() not in OWN_COLLECTIONS:
            yield ReadRow(kind=RowKind.LIST, film=named, list_title=str(name))


def _review(named: NamedFilm, review: Values) -> Iterator[ReadRow]:
    """Ratings are out of 100; a text has no day of watching."""
    told = review.get("review")
    text = cells.note(told.get("text")) if isinstance(told, dict) else ""
    at = _day(told.get("date")) if isinstance(told, dict) else ""
    points = cells.points(review.get("rating"), most=100)
    if points is not None:
        yield ReadRow(
            kind=RowKind.RATING, film=named, half_stars=points, happened_at=cells.moment(at)
        )
    if text:
        yield ReadRow(kind=RowKind.LIST, film=named, note=text, happened_at=cells.moment(at))


def _named(values: Values) -> NamedFilm:
    source, identifier = str(values.get("source", "")).lower(), values.get("identifier")
    title = cells.title(values.get("source_id") or values.get("sourceId"))
    title = "" if title == str(identifier) or title.isdigit() else title
    if source == "tmdb":
        return NamedFilm(title=title, tmdb_id=cells.number(identifier))
    if source == "imdb":
        return NamedFilm(title=title, imdb_id=cells.imdb_id(identifier))
    if not title:
        raise RowRefusedError("no-film")
    return NamedFilm(title=title)


def _objects(values: Values, *names: str) -> Iterator[Values]:
    found: object = next((values[name] for name in names if values.get(name)), [])
    if isinstance(found, list):
        yield from (one for one in found if isinstance(one, dict))


def _day(value: object) -> str:
    """What nobody could read counts as no day."""
    return (dates.iso(str(value), None) or "") if value else ""


def list_head(part: Part, others: Sequence[Part]) -> ListHead:
    return reviews_head(part, others)


FORMATS = (
    Format(
        ImportSource.RYOT,
        "ryot.json",
        lambda part: part.name == "ryot films",
        film,
        list_head=list_head,
    ),
)

"""Reads lists: searches, finds by an id elsewhere, charts, and the feed of changes."""

from collections.abc import Iterator

from .cells import Json, day, image, line, paragraphs, records, truth, whole
from .records import FoundFilm


def found_films(rows: object) -> Iterator[FoundFilm]:
    """The films in a list of results; rows without id or title are passed over."""
    for row in records(rows):
        if (film := _found_film(row)) is not None:
            yield film


def _found_film(row: Json) -> FoundFilm | None:
    tmdb_id, title = whole(row.get("id")), line(row.get("title"), 300)
    if tmdb_id is None or not title:
        return None
    released = day(row.get("release_date"))
    return FoundFilm(
        tmdb_id=tmdb_id,
        title=title,
        original_title=line(row.get("original_title"), 300),
        year=released.year if released else None,
        release_date=released,
        overview=paragraphs(row.get("overview")),
        poster_path=image(row.get("poster_path")),
        adult=bool(truth(row.get("adult"))),
    )


def changed_ids(rows: object) -> Iterator[int]:
    """The ids in a page of the change feed."""
    for row in records(rows):
        if (tmdb_id := whole(row.get("id"))) is not None:
            yield tmdb_id

"""Reads credits and keywords."""

from collections.abc import Iterator
from typing import Literal

from .cells import Json, image, line, records, whole
from .records import CreditRecord, KeywordRecord

MOST_CAST = 20
# Crew that the site knows, as TMDB names them: direction, writing, photography, music.
JOBS = frozenset(
    {
        *("Director", "Co-Director"),
        *("Screenplay", "Writer", "Co-Writer", "Screenstory", "Scenario Writer", "Teleplay"),
        *("Story", "Original Story", "Adaptation", "Dialogue", "Idea", "Characters"),
        *("Author", "Novel", "Book", "Short Story", "Theatre Play", "Comic Book"),
        *("Graphic Novel", "Musical"),
        *("Director of Photography", "Cinematography"),
        *("Original Music Composer", "Music", "Composer", "Co-Composer", "Songs"),
    }
)


def credit_records(part: Json) -> Iterator[CreditRecord]:
    """The first twenty of the cast, in their order, and then the crew."""
    cast = sorted(records(part.get("cast")), key=_place)
    for place, row in enumerate(cast[:MOST_CAST]):
        yield from _credit(row, kind="cast", place=place)
    crew = [row for row in records(part.get("crew")) if row.get("job") in JOBS]
    for place, row in enumerate(crew):
        yield from _credit(row, kind="crew", place=place)


def _place(row: Json) -> int:
    place = row.get("order")
    return place if isinstance(place, int) else 1_000_000


def _credit(row: Json, *, kind: Literal["cast", "crew"], place: int) -> Iterator[CreditRecord]:
    person, name = whole(row.get("id")), line(row.get("name"), 200)
    if person is not None and name:
        yield CreditRecord(
            tmdb_person_id=person,
            name=name,
            profile_path=image(row.get("profile_path")),
            kind=kind,
            job=line(row.get("job"), 100) if kind == "crew" else "",
            character=line(row.get("character"), 300) if kind == "cast" else "",
            order=place,
        )


def keyword_records(part: Json) -> Iterator[KeywordRecord]:
    for row in records(part.get("keywords")):
        tmdb_id, name = whole(row.get("id")), line(row.get("name"), 100)
        if tmdb_id is not None and name:
            yield KeywordRecord(tmdb_id, name)

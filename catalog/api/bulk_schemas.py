"""What the API takes and gives of films and events in bulk."""

from __future__ import annotations

from typing import Annotated

from ninja import Field, Schema
from pydantic import AwareDatetime, BaseModel, BeforeValidator, StringConstraints

from .schemas import Number, Stars, at_most, example, no_number

MOST = 5_000

Source = Annotated[str, StringConstraints(pattern=r"^[-a-z0-9_]{1,50}$")]
ExternalId = Annotated[str, StringConstraints(min_length=1, max_length=200)]
FilmTitle = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=300), at_most(300)
]
# A genre is told by what is left of it in an address, so that something must be.
GenreName = Annotated[
    str,
    StringConstraints(strip_whitespace=True, max_length=60, pattern=r"[A-Za-z0-9]"),
    at_most(60),
]
Moment = Annotated[AwareDatetime, BeforeValidator(no_number)]
Small = Annotated[int, Field(ge=1, le=2**31 - 1), Number]


class LinksIn(BaseModel):  # ninja's own would take any value for an object
    movielens: Small | None = None
    imdb: Annotated[str, StringConstraints(pattern=r"^tt\d{7,10}$")] | None = None
    tmdb: Small | None = None


class FilmIn(Schema):
    """What is left out stays as it is."""

    external_id: ExternalId
    title: FilmTitle
    original_title: Annotated[str, StringConstraints(max_length=300)] | None = None
    year: Annotated[int, Field(ge=1870, le=2200), Number] | None = None
    runtime: Annotated[int, Field(ge=0, le=32_767), Number] | None = None
    overview: Annotated[str, StringConstraints(max_length=10_000)] | None = None
    original_language: Annotated[str, StringConstraints(pattern=r"^[a-z]{2}$")] | None = None
    genres: Annotated[list[GenreName], Field(max_length=20)] | None = None
    links: LinksIn | None = None


class FilmsIn(Schema):
    """``source`` is the program's own name for itself: its ids are told from those of others."""

    model_config = example(
        source="my-player",
        items=[{"external_id": "k-1", "title": "Paper Moon", "year": 1973, "genres": ["Comedy"]}],
    )

    source: Source
    items: Annotated[list[FilmIn], Field(min_length=1, max_length=MOST)]


class FilmKey(Schema):
    external_id: str
    id: int


class FilmsOut(Schema):
    created: int
    changed: int
    unchanged: int
    items: list[FilmKey]


class EventIn(Schema):
    """A play, or with a ``rating`` that; ``member`` is a user name, without one it is yours."""

    film: ExternalId
    at: Moment
    rating: Stars | None = None
    member: str | None = None


class EventsIn(Schema):
    model_config = example(
        source="my-player", items=[{"film": "k-1", "at": "2026-11-28T20:15:00Z", "rating": 4.5}]
    )

    source: Source
    items: Annotated[list[EventIn], Field(min_length=1, max_length=MOST)]


class EventsOut(Schema):
    """What was written: the others were there already, or newer ones were."""

    ratings: int
    plays: int

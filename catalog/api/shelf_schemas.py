"""What the API takes and gives of a member's shelves: watchlist, hidden films, diary and lists."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

from ninja import Field, Schema
from pydantic import StrictBool, StringConstraints

from catalog.models import DiaryEntry, MovieList

from .schemas import Day, MovieId, MovieOut, Number, Page, Stars, at_most, example

Key = Annotated[int, Field(ge=1, le=2**63 - 1), Number]
Note = Annotated[str, StringConstraints(max_length=DiaryEntry._meta.get_field("note").max_length)]
Title = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100), at_most(100)
]
Description = Annotated[
    str, StringConstraints(strip_whitespace=True, max_length=2000), at_most(2000)
]


class KeptOut(Schema):
    movie: MovieOut
    added_at: datetime


class KeptList(Page):
    items: list[KeptOut]


class HiddenOut(Schema):
    movie: MovieOut
    hidden_at: datetime


class HiddenList(Page):
    items: list[HiddenOut]


class DiaryChange(Schema):
    """``rating`` is of that day; it becomes your rating unless a later viewing has stars."""

    watched_on: Day
    rating: Stars | None = None
    rewatch: StrictBool = False
    note: Note = ""


class DiaryIn(DiaryChange):
    model_config = example(
        movie=1, watched_on="2026-11-28", rating=4.5, rewatch=False, note="by the sea"
    )

    movie: MovieId


class DiaryOut(Schema):
    id: int
    movie: MovieOut
    watched_on: date
    rating: float | None
    rewatch: bool
    note: str


class DiaryList(Page):
    items: list[DiaryOut]


class ListIn(Schema):
    model_config = example(title="Rainy days", description="", is_public=False, movies=[1, 2])

    title: Title
    description: Description = ""
    is_public: StrictBool = False
    movies: Annotated[list[MovieId], Field(max_length=MovieList.MOST_FILMS)] = []


class ListChange(Schema):
    """What is left out stays as it is."""

    title: Title | None = None
    description: Description | None = None
    is_public: StrictBool | None = None


class ListOut(Schema):
    id: int
    title: str
    description: str
    is_public: bool
    size: int
    created_at: datetime
    updated_at: datetime


class ListList(Page):
    items: list[ListOut]


class ListedIn(Schema):
    """``place`` counts from 1; without one a new film comes last, and another stays where it is."""

    model_config = example(place=1, note="again")

    place: Annotated[int, Field(ge=1, le=MovieList.MOST_FILMS), Number] | None = None
    note: Note | None = None


class ListedOut(Schema):
    movie: MovieOut
    note: str
    added_at: datetime


class ListedList(Page):
    items: list[ListedOut]

"""What the API takes and gives of movies, ratings and what was seen."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any

from ninja import Field, Schema
from pydantic import BeforeValidator, ConfigDict

MAX_LIMIT = 100
MAX_OFFSET = 10_000


def no_truth(value: object) -> object:
    """``true`` is a number to Python, and neither a star nor a movie to anybody else."""
    if isinstance(value, bool):
        raise ValueError("A number is needed, not true or false")
    return value


def no_number(value: object) -> object:
    """Pydantic would read a number as seconds since 1970."""
    if isinstance(value, int | float):
        raise ValueError("A text such as 2026-11-28 is needed, not a number")
    return value


def at_most(length: int) -> BeforeValidator:
    """Spaces around a text count too, before they are taken away: so the description says."""

    def check(value: object) -> object:
        if isinstance(value, str) and len(value) > length:
            raise ValueError(f"A text of at most {length} characters is needed")
        return value

    return BeforeValidator(check)


def example(**values: Any) -> ConfigDict:
    """What a schema looks like filled in, for the description."""
    return ConfigDict(json_schema_extra={"examples": [values]})


Number = BeforeValidator(no_truth)
Day = Annotated[date, BeforeValidator(no_number)]
Stars = Annotated[float, Field(ge=0.5, le=5, multiple_of=0.5), Number]
Limit = Annotated[int, Field(ge=1, le=MAX_LIMIT)]
Offset = Annotated[int, Field(ge=0, le=MAX_OFFSET)]
# Primary keys are 64-bit in the database: a larger number is no movie, and no server error.
MovieId = Annotated[int, Field(ge=1, le=2**63 - 1), Number]
PersonId = Annotated[int, Field(ge=1, le=2**63 - 1)]


class LinksOut(Schema):
    movielens: int | None
    imdb: str | None
    tmdb: int | None


class MovieOut(Schema):
    """``title`` is the English one; ``local_title`` that of the language asked for, where known."""

    id: int
    title: str
    local_title: str
    original_title: str
    year: int | None
    genres: list[str]
    runtime: int | None
    poster_url: str | None
    links: LinksOut
    average_rating: float | None
    rating_count: int


class PersonBrief(Schema):
    id: int
    name: str
    tmdb_id: int | None
    image_url: str | None


class RoleOut(Schema):
    person: PersonBrief
    character: str


class MovieWithPeopleOut(MovieOut):
    """Lists leave directors and cast out."""

    directors: list[PersonBrief]
    cast: list[RoleOut]


class PersonCredit(Schema):
    """``role``: characters, or jobs where the department does not say it all."""

    department: str
    role: str
    movie: MovieOut


class PersonOut(PersonBrief):
    credits: list[PersonCredit]


class PersonList(Schema):
    items: list[PersonBrief]
    count: int


class Page(Schema):
    """A part of a list of ``count`` items; ``next`` is the cursor of the part after it, if any."""

    count: int
    next: str | None = None


class MovieList(Page):
    items: list[MovieOut]


class RatingIn(Schema):
    """Half-stars: 0.5, 1.0, … 5.0."""

    model_config = example(rating=4.5)

    rating: Stars


class RatingOut(Schema):
    movie: MovieOut
    rating: float
    rated_at: datetime


class RatingList(Page):
    items: list[RatingOut]


class SeenIn(Schema):
    """Without a day, or with the day on which the movie was watched."""

    model_config = example(watched_on="2026-11-28")

    watched_on: Day | None = None


class SeenOut(Schema):
    movie: MovieOut
    watched_on: date | None
    marked_at: datetime


class SeenList(Page):
    items: list[SeenOut]


class ElsewhereOut(Schema):
    """A movie of TMDB; ``movie_id`` is this site's, where the movie is here."""

    tmdb: int
    title: str
    original_title: str
    year: int | None
    overview: str
    movie_id: int | None


class ElsewhereList(Schema):
    items: list[ElsewhereOut]
    count: int


class FilmRequestIn(Schema):
    model_config = example(tmdb=438631)

    tmdb: Annotated[int, Field(ge=1, le=2**31 - 1), Number]


class FilmRequestOut(Schema):
    """``state`` is waiting, working, done or failed; a failed one has a ``problem``."""

    id: int
    tmdb: int
    state: str
    problem: str | None
    movie: MovieOut | None


class Place(Schema):
    """Where a request makes no sense, such as ``["query", "limit"]``, and why."""

    type: str
    loc: list[str | int]
    msg: str


class Problem(Schema):
    """RFC 9457, as ``application/problem+json``; ``errors`` where places of a request are meant."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    errors: list[Place] | None = None

"""What the API takes and gives of recommendations."""

from __future__ import annotations

from typing import Annotated

from ninja import Field, Schema
from pydantic import StrictBool

from catalog.api.schemas import MovieId, MovieOut, Number, Page, example
from catalog.api.shelf_schemas import Key

MAX_RECOMMENDATIONS = 100
MAX_HISTORY = 1000

Whole = Annotated[int, Field(ge=0, le=32_767), Number]
HowMany = Annotated[int, Field(ge=1, le=MAX_RECOMMENDATIONS), Number]


class SimilarOut(Schema):
    movie: MovieOut
    score: float


class SimilarList(Schema):
    items: list[SimilarOut]
    count: int
    version: str


class ReasonOut(Schema):
    movie: MovieOut
    weight: float


class RecommendationOut(Schema):
    movie: MovieOut
    score: float
    predicted_rating: float | None
    is_uncertain: bool
    reasons: list[ReasonOut]


class RecommendationList(Schema):
    items: list[RecommendationOut]
    count: int
    version: str


class WatchNextIn(Schema):
    """Films in the order watched, the newest last; ids that are no longer known are passed over."""

    model_config = example(movies=[1, 2], n=10)

    movies: list[MovieId] = Field(max_length=MAX_HISTORY)
    n: HowMany = 20


class FiltersIn(Schema):
    """Genres by their ids on this site, languages by two letters; years and minutes inclusive."""

    model_config = example(year_from=1990, languages=["fr"], diversity=0.5)

    include_genres: list[Key] = []
    exclude_genres: list[Key] = []
    year_from: Whole | None = None
    year_to: Whole | None = None
    runtime_from: Whole | None = None
    runtime_to: Whole | None = None
    languages: list[str] = []
    show_adult: StrictBool = False
    popularity: Annotated[float, Field(ge=-1, le=1), Number] = 0.0
    diversity: Annotated[float, Field(ge=0, le=1), Number] = 0.0


class FiltersOut(FiltersIn):
    pass


class TogetherOut(Schema):
    """``least`` are the stars of whoever would like it least."""

    movie: MovieOut
    least: float
    average: float


class TogetherList(Schema):
    items: list[TogetherOut]
    count: int
    members: list[str]


class ScenarioOut(Schema):
    """``question``: picks, next or popular."""

    name: str
    description: str
    question: str


class ScenarioList(Page):
    items: list[ScenarioOut]

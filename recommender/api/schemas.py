"""What the API takes and gives of recommendations."""

from __future__ import annotations

from typing import Annotated

from ninja import Field, Schema

from catalog.api.schemas import MovieId, MovieOut, Number

MAX_RECOMMENDATIONS = 100
MAX_HISTORY = 1000

HowMany = Annotated[int, Number, Field(ge=1, le=MAX_RECOMMENDATIONS)]


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

    movies: list[MovieId] = Field(max_length=MAX_HISTORY)
    n: HowMany = 20

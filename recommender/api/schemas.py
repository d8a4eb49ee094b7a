"""What the API takes and gives."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any

from ninja import Field, Schema

from catalog.models import Movie, Rating
from recommender.cards import Card

MAX_LIMIT = 100
MAX_OFFSET = 10_000
MAX_RECOMMENDATIONS = 100
MAX_HISTORY = 1000

Limit = Annotated[int, Field(ge=1, le=MAX_LIMIT)]
Offset = Annotated[int, Field(ge=0, le=MAX_OFFSET)]
HowMany = Annotated[int, Field(ge=1, le=MAX_RECOMMENDATIONS)]
# Primary keys are 64-bit in the database: a larger number is no movie, and no server error.
MovieId = Annotated[int, Field(ge=1, le=2**63 - 1)]


class LinksOut(Schema):
    movielens: int | None
    imdb: str | None
    tmdb: int | None


class MovieOut(Schema):
    id: int
    title: str
    original_title: str
    year: int | None
    genres: list[str]
    runtime: int | None
    poster_url: str | None
    links: LinksOut
    average_rating: float | None
    rating_count: int

    @classmethod
    def of(cls, movie: Movie) -> MovieOut:
        link = getattr(movie, "link", None)
        average = movie.average_rating
        return cls.model_construct(
            id=movie.pk,
            title=movie.title,
            original_title=movie.original_title or movie.title,
            year=movie.year,
            genres=[genre.name for genre in movie.genres.all()],
            runtime=movie.runtime,
            poster_url=movie.poster_url,
            links=LinksOut.model_construct(
                movielens=link.movielens_id if link else None,
                imdb=link.imdb_id if link else None,
                tmdb=link.tmdb_id if link else None,
            ),
            average_rating=None if average is None else round(average, 3),
            rating_count=movie.rating_count,
        )


class MovieList(Schema):
    items: list[MovieOut]
    count: int


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

    @classmethod
    def of(cls, card: Card) -> RecommendationOut:
        return cls.model_construct(
            movie=MovieOut.of(card.movie),
            score=card.score,
            predicted_rating=card.predicted_rating,
            is_uncertain=card.is_uncertain,
            reasons=[
                ReasonOut.model_construct(movie=MovieOut.of(reason.movie), weight=reason.weight)
                for reason in card.reasons
            ],
        )


class RecommendationList(Schema):
    items: list[RecommendationOut]
    count: int
    version: str

    @classmethod
    def of(cls, cards: Sequence[Card], version: str) -> dict[str, Any]:
        return {
            "items": [RecommendationOut.of(card) for card in cards],
            "count": len(cards),
            "version": version,
        }


class WatchNextIn(Schema):
    """Films in the order watched, the newest last; ids that are no longer known are passed over."""

    movies: list[MovieId] = Field(max_length=MAX_HISTORY)
    n: HowMany = 20


class RatingIn(Schema):
    """Half-stars: 0.5, 1.0, … 5.0."""

    rating: float


class RatingOut(Schema):
    movie: MovieOut
    rating: float
    rated_at: datetime

    @classmethod
    def of(cls, rating: Rating) -> RatingOut:
        return cls.model_construct(
            movie=MovieOut.of(rating.movie), rating=rating.stars, rated_at=rating.rated_at
        )


class RatingList(Schema):
    items: list[RatingOut]
    count: int


class Problem(Schema):
    detail: str

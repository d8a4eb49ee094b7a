"""What belongs to the member who asks."""

from __future__ import annotations

from django.http import HttpRequest, JsonResponse
from django.shortcuts import get_object_or_404
from ninja import Router, Status

from catalog.models import Movie, Rating
from catalog.services.ratings import half_stars_of, rate, unrate
from recommender.serving.member import recommender_for

from .auth import MEMBER, member_id
from .payloads import Json, movie_json, recommendations_json
from .schemas import (
    HowMany,
    Limit,
    MovieId,
    Offset,
    Problem,
    RatingIn,
    RatingList,
    RatingOut,
    RecommendationList,
)

router = Router(tags=["me"], auth=MEMBER)


@router.get(
    "recommendations",
    response={200: RecommendationList, 401: Problem},
    summary="What you would like most",
)
def recommendations(request: HttpRequest, n: HowMany = 20) -> JsonResponse:
    person = recommender_for(member_id(request))
    ranking = person.top_picks(n)
    return JsonResponse(recommendations_json(person, ranking))


@router.get(
    "watch-next",
    response={200: RecommendationList, 401: Problem},
    summary="What people with your history watch next",
)
def watch_next(request: HttpRequest, n: HowMany = 20) -> JsonResponse:
    person = recommender_for(member_id(request))
    ranking = person.watch_next(n)
    return JsonResponse(recommendations_json(person, ranking))


@router.get(
    "ratings", response={200: RatingList, 401: Problem}, summary="Your ratings, newest first"
)
def list_ratings(request: HttpRequest, limit: Limit = 20, offset: Offset = 0) -> Json:
    mine = Rating.objects.filter(user_id=member_id(request))
    page = mine.select_related("movie__link").prefetch_related("movie__genres")
    ratings = page.order_by("-rated_at", "-pk")[offset : offset + limit]
    return {"items": [rating_json(rating) for rating in ratings], "count": mine.count()}


@router.put(
    "ratings/{movie_id}",
    response={200: RatingOut, 401: Problem, 404: Problem},
    summary="Rate a movie",
)
def put_rating(request: HttpRequest, movie_id: MovieId, body: RatingIn) -> Json:
    movie = get_object_or_404(Movie.objects.for_cards(), pk=movie_id)
    half_stars = half_stars_of(body.rating)
    return rating_json(rate(user_id=member_id(request), movie=movie, half_stars=half_stars))


@router.delete(
    "ratings/{movie_id}",
    response={204: None, 401: Problem, 404: Problem},
    summary="Take a rating back",
)
def delete_rating(request: HttpRequest, movie_id: MovieId) -> Status:
    unrate(user_id=member_id(request), movie=get_object_or_404(Movie, pk=movie_id))
    return Status(204, None)


def rating_json(rating: Rating) -> Json:
    """A rating whose film was read with its link and its genres."""
    return {
        "movie": movie_json(rating.movie),
        "rating": rating.stars,
        "rated_at": rating.rated_at,
    }

"""The ratings of the member who asks."""

from __future__ import annotations

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Query, Router, Status

from catalog.models import Movie, Rating
from catalog.queries.film import find_film, open_film
from catalog.services.ratings import half_stars_of, rate, unrate

from .auth import MEMBER, member_id
from .pages import Part, part_of
from .payloads import Json, rating_json
from .schemas import MovieId, Problem, RatingIn, RatingList, RatingOut

router = Router(tags=["me"], auth=MEMBER)


@router.get(
    "ratings",
    response={200: RatingList, 401: Problem},
    summary="Your ratings, newest first",
    operation_id="recommender_api_me_list_ratings",
)
def list_ratings(request: HttpRequest, part: Query[Part]) -> Json:
    mine = Rating.objects.filter(user_id=member_id(request))
    ratings = mine.select_related("movie__link").prefetch_related("movie__genres")
    return part_of(ratings, part, ("-rated_at", "-pk"), lambda one: rating_json(one, request))


@router.get(
    "ratings/{movie_id}",
    response={200: RatingOut, 401: Problem, 404: Problem},
    summary="Your rating of a movie",
)
def get_rating(request: HttpRequest, movie_id: MovieId) -> Json:
    mine = Rating.objects.filter(user_id=member_id(request)).select_related("movie__link")
    return rating_json(get_object_or_404(mine, movie=find_film(movie_id)), request)


@router.put(
    "ratings/{movie_id}",
    response={200: RatingOut, 401: Problem, 404: Problem},
    summary="Rate a movie",
    operation_id="recommender_api_me_put_rating",
)
def put_rating(request: HttpRequest, movie_id: MovieId, body: RatingIn) -> Json:
    movie = open_film(movie_id, request.user, Movie.objects.with_link_and_genres())
    half_stars = half_stars_of(body.rating)
    rating = rate(user_id=member_id(request), movie=movie, half_stars=half_stars)
    return rating_json(rating, request)


@router.delete(
    "ratings/{movie_id}",
    response={204: None, 401: Problem, 404: Problem},
    summary="Take a rating back",
    operation_id="recommender_api_me_delete_rating",
)
def delete_rating(request: HttpRequest, movie_id: MovieId) -> Status:
    unrate(user_id=member_id(request), movie=find_film(movie_id))
    return Status(204, None)

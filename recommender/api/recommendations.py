"""Recommendations for the member who asks, and films similar to one."""

from __future__ import annotations

from django.http import HttpRequest, JsonResponse
from ninja import Router

from catalog.api.auth import MEMBER, member_id
from catalog.api.schemas import MovieId, Problem
from catalog.queries.film import open_film
from recommender.pages.similar import similar_to
from recommender.serving.member import recommender_for

from .payloads import recommendations_json, similar_json
from .schemas import HowMany, RecommendationList, SimilarList

me = Router(tags=["me"], auth=MEMBER)
movies = Router(tags=["movies"])


@me.get(
    "recommendations",
    response={200: RecommendationList, 401: Problem},
    summary="What you would like most",
    operation_id="recommender_api_me_recommendations",
)
def recommendations(request: HttpRequest, n: HowMany = 20) -> JsonResponse:
    recommender = recommender_for(member_id(request))
    return JsonResponse(recommendations_json(recommender, recommender.top_picks(n), request))


@me.get(
    "watch-next",
    response={200: RecommendationList, 401: Problem},
    summary="What people with your history watch next",
    operation_id="recommender_api_me_watch_next",
)
def watch_next(request: HttpRequest, n: HowMany = 20) -> JsonResponse:
    recommender = recommender_for(member_id(request))
    return JsonResponse(recommendations_json(recommender, recommender.watch_next(n), request))


@movies.get(
    "{movie_id}/similar",
    response={200: SimilarList, 404: Problem},
    summary="Movies like it",
    operation_id="recommender_api_movies_similar_movies",
)
def similar_movies(request: HttpRequest, movie_id: MovieId, n: HowMany = 20) -> JsonResponse:
    movie = open_film(movie_id, request.user)
    return JsonResponse(similar_json(similar_to(movie.pk, n), request))

"""The JSON API under ``/api/v1/``; its description is at ``/api/v1/openapi.json``."""

from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI

from catalog.api import film_requests, movies, people, ratings, seen
from catalog.services.diary import DiaryError
from catalog.services.ratings import InvalidRatingError
from recommender.api import recommendations, watch_next

api = NinjaAPI(
    title="Matinee",
    version="1",
    description="Movies, ratings and recommendations. Lists are {items, count}.",
    urls_namespace="api-v1",
)
api.add_router("movies", movies.router)
api.add_router("movies", recommendations.movies)
api.add_router("people", people.router)
api.add_router("me", recommendations.me)
api.add_router("me", ratings.router)
api.add_router("me", seen.router)
api.add_router("", film_requests.router)
api.add_router("watch-next", watch_next.router)


@api.exception_handler(InvalidRatingError)
def invalid_rating(request: HttpRequest, error: InvalidRatingError) -> HttpResponse:
    """The same form as ninja's own validation errors, so that a client needs one reader."""
    detail = [{"type": "half_star", "loc": ["body", "rating"], "msg": str(error)}]
    return api.create_response(request, {"detail": detail}, status=422)


@api.exception_handler(DiaryError)
def invalid_day(request: HttpRequest, error: DiaryError) -> HttpResponse:
    """A day on which nobody can have watched a film."""
    detail = [{"type": "day", "loc": ["body", "watched_on"], "msg": str(error)}]
    return api.create_response(request, {"detail": detail}, status=422)

"""The JSON API under ``/api/v1/``; its description is at ``/api/v1/openapi.json``."""

from django.core.exceptions import RequestDataTooBig
from django.http import Http404, HttpRequest, HttpResponse
from ninja.errors import HttpError, ValidationError

from catalog.api import (
    bulk,
    diary,
    film_requests,
    import_questions,
    imports,
    lists,
    movies,
    people,
    ratings,
    seen,
    shelves,
)
from catalog.services.diary import DiaryError
from catalog.services.lists import ListError, ListGoneError
from catalog.services.ratings import InvalidRatingError
from recommender.api import filters, recommendations, scenarios, together, watch_next

from . import profile
from .body import CleanParser
from .description import DescribedApi
from .problems import problem

api = DescribedApi(
    title="Matinee",
    version="1",
    description=(
        "Movies, ratings and recommendations. Lists are `{items, count}`, long ones with the"
        " cursor of the `next` part; every error is a problem document (RFC 9457)."
    ),
    urls_namespace="api-v1",
    parser=CleanParser(),
)
api.add_router("movies", movies.router)
api.add_router("movies", recommendations.movies)
api.add_router("people", people.router)
api.add_router("me", recommendations.me)
api.add_router("me", ratings.router)
for router in (seen, shelves, diary, lists, imports, import_questions, filters, together, profile):
    api.add_router("me", router.router)
api.add_router("", film_requests.router)
api.add_router("watch-next", watch_next.router)
api.add_router("bulk", bulk.router)
api.add_router("me", scenarios.me)
api.add_router("scenarios", scenarios.router)


@api.exception_handler(Http404)
def not_found(request: HttpRequest, error: Http404) -> HttpResponse:
    return problem(404, "Not Found")


@api.exception_handler(HttpError)
def refused(request: HttpRequest, error: HttpError) -> HttpResponse:
    # Ninja says of every body that it cannot be parsed; our parser has told why.
    why = error.__cause__ if isinstance(error.__cause__, HttpError) else error
    return problem(why.status_code, str(why))


@api.exception_handler(ValidationError)
def invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    """What ninja found in address and body; ``errors`` has each with its place."""
    return problem(422, errors=error.errors)


@api.exception_handler(RequestDataTooBig)
def too_large(request: HttpRequest, error: RequestDataTooBig) -> HttpResponse:
    return problem(413, "The body is too large: send less at once.")


@api.exception_handler(InvalidRatingError)
def invalid_rating(request: HttpRequest, error: InvalidRatingError) -> HttpResponse:
    """The same form as ninja's own validation errors, so that a client needs one reader."""
    return _invalid_field("half_star", "rating", error)


@api.exception_handler(DiaryError)
def invalid_day(request: HttpRequest, error: DiaryError) -> HttpResponse:
    """A day on which nobody can have watched a film."""
    return _invalid_field("day", "watched_on", error)


@api.exception_handler(ListError)
def refused_list(request: HttpRequest, error: ListError) -> HttpResponse:
    """A list that is full, one too many, or one deleted meanwhile."""
    return problem(404 if isinstance(error, ListGoneError) else 409, str(error))


def _invalid_field(kind: str, field: str, error: Exception) -> HttpResponse:
    return problem(422, errors=[{"type": kind, "loc": ["body", field], "msg": str(error)}])

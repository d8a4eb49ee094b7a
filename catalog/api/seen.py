"""What the member who asks has seen without giving stars."""

from __future__ import annotations

from django.http import HttpRequest
from ninja import Query, Router, Status

from catalog.models import Movie, SeenMovie
from catalog.queries.film import find_film, open_film
from catalog.services.seen import mark_seen, unmark_seen

from .auth import MEMBER, member_id
from .pages import Part, part_of
from .payloads import Json, seen_json
from .schemas import MovieId, Problem, SeenIn, SeenList, SeenOut

router = Router(tags=["me"], auth=MEMBER)


@router.get(
    "seen",
    response={200: SeenList, 401: Problem},
    summary="Movies that you marked as seen, the latest first",
    operation_id="recommender_api_me_list_seen",
)
def list_seen(request: HttpRequest, part: Query[Part]) -> Json:
    mine = SeenMovie.objects.filter(user_id=member_id(request))
    marks = mine.select_related("movie__link").prefetch_related("movie__genres")
    return part_of(marks, part, ("-marked_at", "-pk"), lambda mark: seen_json(mark, request))


@router.put(
    "seen/{movie_id}",
    response={200: SeenOut, 401: Problem, 404: Problem},
    summary="Mark a movie as seen",
    operation_id="recommender_api_me_put_seen",
)
def put_seen(request: HttpRequest, movie_id: MovieId, body: SeenIn) -> Json:
    movie = open_film(movie_id, request.user, Movie.objects.with_link_and_genres())
    marked = mark_seen(user_id=member_id(request), movie=movie, watched_on=body.watched_on)
    return seen_json(marked.mark, request)


@router.delete(
    "seen/{movie_id}",
    response={204: None, 401: Problem, 404: Problem},
    summary="Take the mark away; what is rated or in the diary stays seen",
    operation_id="recommender_api_me_delete_seen",
)
def delete_seen(request: HttpRequest, movie_id: MovieId) -> Status:
    unmark_seen(user_id=member_id(request), movie=find_film(movie_id))
    return Status(204, None)

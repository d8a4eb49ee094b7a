"""Movies: search, and one movie. Open to everybody."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponseRedirect
from ninja import Query, Router

from catalog.models import Movie
from catalog.models.movie import ORDERING_COUNT
from catalog.queries.answer import answer
from catalog.queries.film import open_film

from .pages import Part, part_of, part_of_found
from .payloads import Json, movie_json, movie_with_people_json
from .schemas import MovieId, MovieList, MovieWithPeopleOut, Problem

MAX_FOUND = 200  # a search is for finding, not for listing the catalog
MOST_PEOPLE = 6  # so named, whose films are found as well

router = Router(tags=["movies"])


@router.get(
    "",
    response=MovieList,
    summary="Search or list movies",
    operation_id="recommender_api_movies_list_movies",
)
def list_movies(
    request: HttpRequest,
    part: Query[Part],
    search: str = "",
) -> Json:
    def say(movie: Movie) -> Json:
        return movie_json(movie, request)

    suitable = Movie.objects.suitable()
    if search.strip():
        answered = answer(search, films=MAX_FOUND, people=MOST_PEOPLE, within=suitable)
        return part_of_found(answered.movies(), part, say)
    films = suitable.with_link_and_genres().annotate(ordering_count=ORDERING_COUNT)
    return part_of(films, part, ("-ordering_count", "pk"), say)


@router.get(
    "{movie_id}",
    response={200: MovieWithPeopleOut, 404: Problem},
    summary="One movie",
    operation_id="recommender_api_movies_get_movie",
)
def get_movie(request: HttpRequest, movie_id: MovieId) -> Json | HttpResponseRedirect:
    """Under the id of a film that was merged into another: a redirect to that one."""
    movie = open_film(movie_id, request.user, Movie.objects.with_link_and_genres())
    if movie.pk != movie_id:
        return HttpResponseRedirect(str(movie.pk))
    return movie_with_people_json(movie, request)

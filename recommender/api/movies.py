"""Films: search, one film, films like it. Open to everybody."""

from __future__ import annotations

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Router

from catalog.models import Movie
from catalog.queries.search import search_movies
from recommender.pages.similar import similar_to

from .payloads import Json, movie_json
from .schemas import HowMany, Limit, MovieId, MovieList, MovieOut, Offset, Problem, SimilarList

MAX_FOUND = 200  # a search is for finding, not for listing the catalog

router = Router(tags=["movies"])


@router.get("", response=MovieList, summary="Search or list movies")
def list_movies(
    request: HttpRequest,
    search: str = "",
    limit: Limit = 20,
    offset: Offset = 0,
) -> Json:
    suitable = Movie.objects.suitable()
    if search.strip():
        found = search_movies(search, limit=MAX_FOUND, within=suitable)
        movies, count = found[offset : offset + limit], len(found)
    else:
        ordered = suitable.for_cards().order_by("-rating_count", "pk")
        movies, count = list(ordered[offset : offset + limit]), suitable.count()
    return {"items": [movie_json(movie) for movie in movies], "count": count}


@router.get("{movie_id}", response={200: MovieOut, 404: Problem}, summary="One movie")
def get_movie(request: HttpRequest, movie_id: MovieId) -> Json:
    return movie_json(get_object_or_404(Movie.objects.for_cards(), pk=movie_id))


@router.get(
    "{movie_id}/similar", response={200: SimilarList, 404: Problem}, summary="Movies like it"
)
def similar_movies(request: HttpRequest, movie_id: MovieId, n: HowMany = 20) -> Json:
    get_object_or_404(Movie, pk=movie_id)
    similar = similar_to(movie_id, n)
    items = [{"movie": movie_json(movie), "score": score} for movie, score in similar.movies]
    return {"items": items, "count": len(items), "version": similar.version}

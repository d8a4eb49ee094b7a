"""Films that the site does not have yet: a search at TMDB, and adding one of them."""

from __future__ import annotations

from typing import cast

from django.contrib.auth.models import AbstractUser
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Router, Status
from ninja.errors import HttpError

from catalog.models import FilmRequest, Movie
from catalog.queries.elsewhere import Elsewhere, films_elsewhere
from catalog.services.film_requests import (
    DailyLimitError,
    MayNotAddError,
    ask_for_film,
    may_add,
)
from catalog.tmdb.errors import TmdbError

from .auth import MEMBER, member_id
from .payloads import Json, movie_json
from .schemas import ElsewhereList, FilmRequestIn, FilmRequestOut, MovieId, Problem

NOT_ALLOWED = "You cannot add films on this site."

router = Router(tags=["film requests"], auth=MEMBER)


@router.get(
    "elsewhere",
    response={200: ElsewhereList, 401: Problem, 403: Problem, 503: Problem},
    summary="Search TMDB for movies that are not here",
    operation_id="catalog_api_film_requests_search_elsewhere",
)
def search_elsewhere(request: HttpRequest, search: str) -> Json:
    if not may_add(_member(request)):
        raise HttpError(403, NOT_ALLOWED)
    try:
        found = films_elsewhere(search, language="en")
    except TmdbError as error:
        raise HttpError(503, str(error)) from error
    return {"items": [_elsewhere_json(one) for one in found], "count": len(found)}


@router.post(
    "film-requests",
    response={202: FilmRequestOut, 401: Problem, 403: Problem, 429: Problem},
    summary="Have a movie added from TMDB",
    operation_id="catalog_api_film_requests_add_film",
)
def add_film(request: HttpRequest, body: FilmRequestIn) -> Status:
    try:
        asked = ask_for_film(_member(request), tmdb_id=body.tmdb)
    except MayNotAddError as error:
        raise HttpError(403, NOT_ALLOWED) from error
    except DailyLimitError as error:
        raise HttpError(429, str(error)) from error
    return Status(202, _request_json(asked))


@router.get(
    "film-requests/{request_id}",
    response={200: FilmRequestOut, 401: Problem, 404: Problem},
    summary="How far it is",
    operation_id="catalog_api_film_requests_get_request",
)
def get_request(request: HttpRequest, request_id: MovieId) -> Json:
    mine = FilmRequest.objects.filter(user_id=member_id(request))
    return _request_json(get_object_or_404(mine, pk=request_id))


def _member(request: HttpRequest) -> AbstractUser:
    return cast(AbstractUser, request.auth)  # type: ignore[attr-defined]


def _elsewhere_json(one: Elsewhere) -> Json:
    return {
        "tmdb": one.film.tmdb_id,
        "title": one.film.title,
        "original_title": one.film.original_title or one.film.title,
        "year": one.film.year,
        "overview": one.film.overview,
        "movie_id": one.movie.pk if one.movie else None,
    }


def _request_json(asked: FilmRequest) -> Json:
    movies = Movie.objects.with_link_and_genres()
    movie = movies.filter(pk=asked.movie_id).first() if asked.movie_id else None
    return {
        "id": asked.pk,
        "tmdb": asked.tmdb_id,
        "state": asked.state,
        "problem": asked.problem or None,
        "movie": movie_json(movie) if movie else None,
    }

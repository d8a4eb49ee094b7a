"""The lists of the member who asks."""

from __future__ import annotations

from django.db import transaction
from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Query, Router, Status
from ninja.errors import ValidationError

from catalog.models import Movie, MovieList, MovieListEntry
from catalog.queries.film import find_film, open_film, surviving_keys
from catalog.services.lists import (
    add_films,
    annotate_film,
    change_words,
    make_list,
    move_film,
    remove_films,
)

from .auth import MEMBER, member_id
from .pages import Part, part_of
from .payloads import Json, movie_json
from .schemas import MovieId, Problem
from .shelf_schemas import (
    Key,
    ListChange,
    ListedIn,
    ListedList,
    ListedOut,
    ListIn,
    ListList,
    ListOut,
)

router = Router(tags=["lists"], auth=MEMBER)


@router.get("lists", response={200: ListList, 401: Problem}, summary="Your lists")
def list_lists(request: HttpRequest, part: Query[Part]) -> Json:
    """The one that changed last comes first."""
    mine = MovieList.objects.filter(user_id=member_id(request))
    return part_of(mine.with_sizes(), part, ("-updated_at", "-pk"), _list_json)


@router.post(
    "lists",
    response={201: ListOut, 401: Problem, 409: Problem},
    summary="Make a list, with movies in their order or without",
)
def add_list(request: HttpRequest, body: ListIn) -> Status:
    keys = surviving_keys(body.movies)
    known = set(Movie.objects.visible().filter(pk__in=keys).values_list("pk", flat=True))
    if unknown := [place for place, key in enumerate(keys) if key not in known]:
        raise ValidationError(
            [
                {"type": "unknown", "loc": ["body", "movies", place], "msg": "No such movie"}
                for place in unknown
            ]
        )
    with transaction.atomic():
        films = make_list(
            user_id=member_id(request),
            title=body.title,
            description=body.description,
            is_public=body.is_public,
        )
        add_films(films, keys)
    return Status(201, _list_json(_mine(request, films.pk)))


@router.get(
    "lists/{list_id}", response={200: ListOut, 401: Problem, 404: Problem}, summary="One list"
)
def get_list(request: HttpRequest, list_id: Key) -> Json:
    return _list_json(_mine(request, list_id))


@router.patch(
    "lists/{list_id}",
    response={200: ListOut, 401: Problem, 404: Problem},
    summary="Change the words of a list, or who may read it",
)
def patch_list(request: HttpRequest, list_id: Key, body: ListChange) -> Json:
    films = _mine(request, list_id)
    words = {name: value for name, value in body.dict().items() if value is not None}
    if words:
        change_words(films, words)
    return _list_json(_mine(request, list_id))


@router.delete(
    "lists/{list_id}", response={204: None, 401: Problem}, summary="Delete a list for good"
)
def delete_list(request: HttpRequest, list_id: Key) -> Status:
    MovieList.objects.filter(pk=list_id, user_id=member_id(request)).delete()
    return Status(204, None)


@router.get(
    "lists/{list_id}/films",
    response={200: ListedList, 401: Problem, 404: Problem},
    summary="The movies of a list, in its order",
)
def list_films(request: HttpRequest, list_id: Key, part: Query[Part]) -> Json:
    entries = _mine(request, list_id).entries.select_related("movie__link")
    films = entries.prefetch_related("movie__genres")
    return part_of(films, part, ("position",), lambda entry: _listed_json(entry, request))


@router.put(
    "lists/{list_id}/films/{movie_id}",
    response={200: ListedOut, 401: Problem, 404: Problem, 409: Problem},
    summary="Put a movie on a list, move it, or note something about it",
)
def put_film(request: HttpRequest, list_id: Key, movie_id: MovieId, body: ListedIn) -> Json:
    films = _mine(request, list_id)
    movie = open_film(movie_id, request.user, Movie.objects.with_link_and_genres())
    with transaction.atomic():
        add_films(films, [movie.pk])
        if body.place is not None:
            move_film(films, movie.pk, place=body.place)
        if body.note is not None:
            annotate_film(films, movie.pk, body.note)
    entry = films.entries.filter(movie=movie).first()
    if entry is None:
        raise Http404
    entry.movie = movie
    return _listed_json(entry, request)


@router.delete(
    "lists/{list_id}/films/{movie_id}",
    response={204: None, 401: Problem, 404: Problem},
    summary="Take a movie off a list",
)
def delete_film(request: HttpRequest, list_id: Key, movie_id: MovieId) -> Status:
    remove_films(_mine(request, list_id), [find_film(movie_id).pk])
    return Status(204, None)


def _mine(request: HttpRequest, list_id: int) -> MovieList:
    mine = MovieList.objects.filter(user_id=member_id(request)).with_sizes()
    return get_object_or_404(mine, pk=list_id)


def _list_json(films: MovieList) -> Json:
    names = ("title", "description", "is_public", "size", "created_at", "updated_at")
    return {"id": films.pk, **{name: getattr(films, name) for name in names}}


def _listed_json(entry: MovieListEntry, request: HttpRequest) -> Json:
    return {
        "movie": movie_json(entry.movie, request),
        "note": entry.note,
        "added_at": entry.added_at,
    }

"""The watchlist and the hidden films of the member who asks."""

from __future__ import annotations

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Router, Status

from catalog.models import HiddenMovie, Movie, WatchlistEntry
from catalog.queries.film import find_film, open_film
from catalog.services.watchlist import set_hidden, set_watchlisted

from .auth import MEMBER, member_id
from .payloads import Json, movie_json
from .schemas import Limit, MovieId, Offset, Problem
from .shelf_schemas import HiddenList, HiddenOut, KeptList, KeptOut

router = Router(tags=["me"], auth=MEMBER)


@router.get("watchlist", response={200: KeptList, 401: Problem}, summary="Your watchlist")
def list_watchlist(request: HttpRequest, limit: Limit = 20, offset: Offset = 0) -> Json:
    """The latest first, also films that you have seen since."""
    mine = WatchlistEntry.objects.filter(user_id=member_id(request))
    page = mine.select_related("movie__link").prefetch_related("movie__genres")
    entries = page[offset : offset + limit]
    return {"items": [_kept_json(entry, request) for entry in entries], "count": mine.count()}


@router.put(
    "watchlist/{movie_id}",
    response={200: KeptOut, 401: Problem, 404: Problem},
    summary="Put a movie on your watchlist",
)
def put_watchlist(request: HttpRequest, movie_id: MovieId) -> Json:
    movie = open_film(movie_id, request.user, Movie.objects.with_link_and_genres())
    set_watchlisted(user_id=member_id(request), movie=movie, on=True)
    # Another request may have taken it off again.
    entry = get_object_or_404(WatchlistEntry, user_id=member_id(request), movie=movie)
    entry.movie = movie
    return _kept_json(entry, request)


@router.delete(
    "watchlist/{movie_id}",
    response={204: None, 401: Problem, 404: Problem},
    summary="Take a movie off your watchlist",
)
def delete_watchlist(request: HttpRequest, movie_id: MovieId) -> Status:
    set_watchlisted(user_id=member_id(request), movie=find_film(movie_id), on=False)
    return Status(204, None)


@router.get("hidden", response={200: HiddenList, 401: Problem}, summary="Movies that you hid")
def list_hidden(request: HttpRequest, limit: Limit = 20, offset: Offset = 0) -> Json:
    mine = HiddenMovie.objects.filter(user_id=member_id(request))
    page = mine.select_related("movie__link").prefetch_related("movie__genres")
    marks = page[offset : offset + limit]
    return {"items": [_hidden_json(mark, request) for mark in marks], "count": mine.count()}


@router.put(
    "hidden/{movie_id}",
    response={200: HiddenOut, 401: Problem, 404: Problem},
    summary="Not interested: never recommend a movie again",
)
def put_hidden(request: HttpRequest, movie_id: MovieId) -> Json:
    movie = open_film(movie_id, request.user, Movie.objects.with_link_and_genres())
    set_hidden(user_id=member_id(request), movie=movie, on=True)
    mark = get_object_or_404(HiddenMovie, user_id=member_id(request), movie=movie)
    mark.movie = movie
    return _hidden_json(mark, request)


@router.delete(
    "hidden/{movie_id}",
    response={204: None, 401: Problem, 404: Problem},
    summary="Allow a movie to be recommended again",
)
def delete_hidden(request: HttpRequest, movie_id: MovieId) -> Status:
    set_hidden(user_id=member_id(request), movie=find_film(movie_id), on=False)
    return Status(204, None)


def _kept_json(entry: WatchlistEntry, request: HttpRequest) -> Json:
    return {"movie": movie_json(entry.movie, request), "added_at": entry.added_at}


def _hidden_json(mark: HiddenMovie, request: HttpRequest) -> Json:
    return {"movie": movie_json(mark.movie, request), "hidden_at": mark.hidden_at}

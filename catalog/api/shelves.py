"""The watchlist and the hidden films of the member who asks: two shelves of one kind."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Query, Router, Status

from catalog.models import HiddenMovie, Movie, WatchlistEntry
from catalog.queries.film import find_film, open_film
from catalog.services.watchlist import set_hidden, set_watchlisted

from .auth import MEMBER, member_id
from .pages import Part, part_of
from .payloads import Json, movie_json
from .schemas import MovieId, Problem
from .shelf_schemas import HiddenList, HiddenOut, KeptList, KeptOut

router = Router(tags=["me"], auth=MEMBER)
Row = TypeVar("Row", WatchlistEntry, HiddenMovie)


@dataclass(frozen=True)
class Shelf(Generic[Row]):
    """``since`` is the column that says when a film came there; ``write`` puts and takes off."""

    rows: type[Row]
    since: str
    write: Callable[..., None]

    def part(self, request: HttpRequest, part: Part) -> Json:
        mine = self.rows._default_manager.filter(user_id=member_id(request))
        rows = mine.select_related("movie__link").prefetch_related("movie__genres")
        return part_of(rows, part, (f"-{self.since}", "-pk"), lambda row: self._json(row, request))

    def put(self, request: HttpRequest, movie_id: int) -> Json:
        movie = open_film(movie_id, request.user, Movie.objects.with_link_and_genres())
        self.write(user_id=member_id(request), movie=movie, on=True)
        # Another request may have taken it off again.
        row = get_object_or_404(self.rows, user_id=member_id(request), movie=movie)
        row.movie = movie
        return self._json(row, request)

    def take_off(self, request: HttpRequest, movie_id: int) -> Status:
        self.write(user_id=member_id(request), movie=find_film(movie_id), on=False)
        return Status(204, None)

    def _json(self, row: Row, request: HttpRequest) -> Json:
        return {"movie": movie_json(row.movie, request), self.since: getattr(row, self.since)}


WATCHLIST = Shelf(WatchlistEntry, "added_at", set_watchlisted)
HIDDEN = Shelf(HiddenMovie, "hidden_at", set_hidden)


@router.get("watchlist", response={200: KeptList, 401: Problem}, summary="Your watchlist")
def list_watchlist(request: HttpRequest, part: Query[Part]) -> Json:
    """The latest first, also films that you have seen since."""
    return WATCHLIST.part(request, part)


@router.put(
    "watchlist/{movie_id}",
    response={200: KeptOut, 401: Problem, 404: Problem},
    summary="Put a movie on your watchlist",
)
def put_watchlist(request: HttpRequest, movie_id: MovieId) -> Json:
    return WATCHLIST.put(request, movie_id)


@router.delete(
    "watchlist/{movie_id}",
    response={204: None, 401: Problem, 404: Problem},
    summary="Take a movie off your watchlist",
)
def delete_watchlist(request: HttpRequest, movie_id: MovieId) -> Status:
    return WATCHLIST.take_off(request, movie_id)


@router.get("hidden", response={200: HiddenList, 401: Problem}, summary="Movies that you hid")
def list_hidden(request: HttpRequest, part: Query[Part]) -> Json:
    return HIDDEN.part(request, part)


@router.put(
    "hidden/{movie_id}",
    response={200: HiddenOut, 401: Problem, 404: Problem},
    summary="Not interested: never recommend a movie again",
)
def put_hidden(request: HttpRequest, movie_id: MovieId) -> Json:
    return HIDDEN.put(request, movie_id)


@router.delete(
    "hidden/{movie_id}",
    response={204: None, 401: Problem, 404: Problem},
    summary="Allow a movie to be recommended again",
)
def delete_hidden(request: HttpRequest, movie_id: MovieId) -> Status:
    return HIDDEN.take_off(request, movie_id)

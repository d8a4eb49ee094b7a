"""The diary of the member who asks."""

from __future__ import annotations

from typing import Annotated

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Field, Query, Router, Status

from catalog.models import DiaryEntry, Movie
from catalog.queries.film import open_film
from catalog.services.diary import Viewing, erase, write
from catalog.services.ratings import half_stars_of

from .auth import MEMBER, member_id
from .pages import Part, part_of
from .payloads import Json, movie_json
from .schemas import Problem
from .shelf_schemas import DiaryChange, DiaryIn, DiaryList, DiaryOut, Key

Year = Annotated[int, Field(ge=1895, le=9999)]

router = Router(tags=["me"], auth=MEMBER)


@router.get("diary", response={200: DiaryList, 401: Problem}, summary="Your diary, newest first")
def list_diary(request: HttpRequest, part: Query[Part], year: Year | None = None) -> Json:
    mine = DiaryEntry.objects.filter(user_id=member_id(request))
    if year is not None:
        mine = mine.filter(watched_on__year=year)
    entries = mine.select_related("movie__link").prefetch_related("movie__genres")
    return part_of(entries, part, ("-watched_on", "-pk"), lambda entry: _entry_json(entry, request))


@router.post(
    "diary",
    response={201: DiaryOut, 401: Problem, 404: Problem},
    summary="Write that you watched a movie",
)
def add_entry(request: HttpRequest, body: DiaryIn) -> Status:
    """A movie has one entry a day: the later one stays."""
    movie = open_film(body.movie, request.user, Movie.objects.with_link_and_genres())
    written = write(user_id=member_id(request), movie=movie, viewing=_viewing(body))
    return Status(201, _entry_json(_mine(request, written.entry.pk), request))


@router.get(
    "diary/{entry_id}",
    response={200: DiaryOut, 401: Problem, 404: Problem},
    summary="One entry of your diary",
)
def get_entry(request: HttpRequest, entry_id: Key) -> Json:
    return _entry_json(_mine(request, entry_id), request)


@router.put(
    "diary/{entry_id}",
    response={200: DiaryOut, 401: Problem, 404: Problem},
    summary="Change an entry of your diary",
)
def put_entry(request: HttpRequest, entry_id: Key, body: DiaryChange) -> Json:
    entry = _mine(request, entry_id)
    written = write(
        user_id=member_id(request), movie=entry.movie, viewing=_viewing(body), entry=entry
    )
    return _entry_json(_mine(request, written.entry.pk), request)


@router.delete(
    "diary/{entry_id}",
    response={204: None, 401: Problem},
    summary="Take an entry out of your diary; a rating stays",
)
def delete_entry(request: HttpRequest, entry_id: Key) -> Status:
    entry = DiaryEntry.objects.filter(pk=entry_id, user_id=member_id(request)).first()
    if entry is not None:
        erase(entry)
    return Status(204, None)


def _mine(request: HttpRequest, entry_id: int) -> DiaryEntry:
    mine = DiaryEntry.objects.filter(user_id=member_id(request)).select_related("movie__link")
    return get_object_or_404(mine, pk=entry_id)


def _viewing(body: DiaryChange) -> Viewing:
    half_stars = None if body.rating is None else half_stars_of(body.rating)
    return Viewing(body.watched_on, half_stars, body.rewatch, body.note)


def _entry_json(entry: DiaryEntry, request: HttpRequest) -> Json:
    return {
        "id": entry.pk,
        "movie": movie_json(entry.movie, request),
        "watched_on": entry.watched_on,
        "rating": entry.stars,
        "rewatch": entry.rewatch,
        "note": entry.note,
    }

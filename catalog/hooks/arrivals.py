"""Films that come into the catalog: the plays that waited for them are applied."""

from __future__ import annotations

from collections.abc import Collection

from django.db import transaction
from django.db.models import Q

from catalog.models import Link, Movie, WatchEvent
from catalog.models.media_server import EventState, SyncState
from catalog.services.waiting_rows import WantedFilm

from .apply import apply_events
from .gather import lock_member
from .match import find_films


def apply_waiting_plays(movie_ids: Collection[int] | None) -> int:
    """Apply what waited for these films, as part of the syncs that it came with; None: for any.

    Returns how many plays and ratings found their film. A preview that is still open only learns
    which film is meant. Each member's plays are applied in a transaction of their own.
    """
    found = 0
    waiting = WatchEvent.objects.filter(state=EventState.WAITING)
    if movie_ids is not None:
        waiting = waiting.filter(_is_about(movie_ids))
    for user_id in waiting.order_by("user_id").values_list("user_id", flat=True).distinct():
        with transaction.atomic():
            if lock_member(user_id):
                events = list(waiting.filter(user_id=user_id).select_related("sync"))
                found += _apply(user_id, events, movie_ids)
    return found


def plays_waited_for(limit: int) -> list[WantedFilm]:
    """The films of plays that the catalog does not have, the latest first."""
    waiting = WatchEvent.objects.filter(state=EventState.WAITING).order_by("-pk")
    found = (
        WantedFilm(_digits(imdb_id), tmdb_id, title, year)
        for imdb_id, tmdb_id, title, year in waiting.values_list(
            "imdb_id", "tmdb_id", "title", "year"
        )[:limit]
    )
    return list(dict.fromkeys(found))


def _digits(imdb_id: str | None) -> int | None:
    return int(imdb_id[2:]) if imdb_id else None


def _is_about(movie_ids: Collection[int]) -> Q:
    """Whether an event might be about one of the films."""
    links = Link.objects.filter(movie__in=movie_ids).values_list("imdb_id", "tmdb_id")
    titles = Movie.objects.filter(pk__in=movie_ids).values_list("search_title", flat=True)
    folded = {one for search_title in titles for one in search_title.strip("\n").split("\n")}
    return (
        Q(imdb_id__in=[imdb_id for imdb_id, _ in links if imdb_id])
        | Q(tmdb_id__in=[tmdb_id for _, tmdb_id in links if tmdb_id])
        | Q(folded__in=folded)
    )


def _apply(user_id: int, events: list[WatchEvent], movie_ids: Collection[int] | None) -> int:
    films = find_films(events)
    wanted = films.values() if movie_ids is None else movie_ids
    found = [event for event in events if films.get(event.pk) in wanted]
    now = []
    for event in found:
        event.movie_id = films[event.pk]
        event.state = EventState.READY
        if event.sync is not None and event.sync.state == SyncState.APPLIED:
            now.append(event)
    WatchEvent.objects.bulk_update(found, ["movie", "state"], batch_size=1000)
    apply_events(user_id, now)
    return len(found)

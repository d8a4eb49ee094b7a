"""Films that come into the catalog: the plays that waited for them are applied."""

from __future__ import annotations

from collections.abc import Collection

from django.db import transaction
from django.db.models import Q

from catalog.models import Link, Movie, WatchEvent
from catalog.models.media_server import EventState, SyncState

from .apply import apply_events
from .gather import lock_member
from .match import find_films


def apply_waiting_plays(movie_ids: Collection[int]) -> int:
    """Apply what waited for these films, as part of the syncs that it came with.

    Returns how many plays and ratings found their film. A preview that is still open only learns
    which film is meant. Each member's plays are applied in a transaction of their own.
    """
    found = 0
    waiting = _waiting_for(movie_ids)
    for user_id in waiting.order_by("user_id").values_list("user_id", flat=True).distinct():
        with transaction.atomic():
            if lock_member(user_id):
                events = waiting.filter(user_id=user_id).select_related("sync")
                found += _apply(user_id, list(events), set(movie_ids))
    return found


def _waiting_for(movie_ids: Collection[int]):  # type: ignore[no-untyped-def]
    """What might be about one of the films."""
    links = Link.objects.filter(movie__in=movie_ids).values_list("imdb_id", "tmdb_id")
    titles = Movie.objects.filter(pk__in=movie_ids).values_list("search_title", flat=True)
    folded = {one for search_title in titles for one in search_title.strip("\n").split("\n")}
    return WatchEvent.objects.filter(
        Q(imdb_id__in=[imdb_id for imdb_id, _ in links if imdb_id])
        | Q(tmdb_id__in=[tmdb_id for _, tmdb_id in links if tmdb_id])
        | Q(folded__in=folded),
        state=EventState.WAITING,
    )


def _apply(user_id: int, events: list[WatchEvent], movie_ids: set[int]) -> int:
    films = find_films(events)
    found = [event for event in events if films.get(event.pk) in movie_ids]
    now = []
    for event in found:
        event.movie_id = films[event.pk]
        event.state = EventState.READY
        if event.sync is not None and event.sync.state == SyncState.APPLIED:
            now.append(event)
    WatchEvent.objects.bulk_update(found, ["movie", "state"], batch_size=1000)
    apply_events(user_id, now)
    return len(found)

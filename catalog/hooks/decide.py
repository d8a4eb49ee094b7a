"""What a member decides about the films of a sync: which film is meant, and what stays out."""

from __future__ import annotations

import re

from django.db import transaction

from catalog.models import Movie, WatchEvent, WatchSync
from catalog.models.media_server import EventState, SyncState

from .apply import apply_events
from .gather import lock_member

FILM = re.compile(r"film-(\d{1,18})")
OPEN = (EventState.READY, EventState.WAITING)


def decide(sync: WatchSync, event_id: int, value: str) -> bool:
    """Decide about all plays and ratings of one item of the server. False if nothing came of it.

    Values: ``left-out`` and ``taken-in`` while the sync is previewed; ``film-<key>`` the film that
    is meant, also for what waits in a sync that was applied, and which is then applied, too.
    """
    with transaction.atomic():
        if not lock_member(sync.user_id):
            return False
        state = WatchSync.objects.values_list("state", flat=True).get(pk=sync.pk)
        one = sync.events.filter(pk=event_id).first()
        if one is None or state not in (SyncState.PREVIEW, SyncState.APPLIED):
            return False
        events = sync.events.filter(item=one.item)
        if film := FILM.fullmatch(value):
            return _choose(sync, list(events), int(film[1]), applied=state == SyncState.APPLIED)
        if state != SyncState.PREVIEW:
            return False
        if value == "left-out":
            return bool(events.filter(state__in=OPEN).update(state=EventState.LEFT_OUT))
        if value == "taken-in":
            left_out = events.filter(state=EventState.LEFT_OUT)
            known = left_out.exclude(movie=None).update(state=EventState.READY)
            return bool(known + left_out.update(state=EventState.WAITING))
    return False


def _choose(sync: WatchSync, events: list[WatchEvent], film: int, *, applied: bool) -> bool:
    states = (EventState.WAITING,) if applied else OPEN
    meant = [event for event in events if event.state in states]
    if not meant or not Movie.objects.visible().filter(pk=film).exists():
        return False
    for event in meant:
        event.movie_id = film
        event.state = EventState.READY
    WatchEvent.objects.bulk_update(meant, ["movie", "state"])
    if applied:
        apply_events(sync.user_id, meant)
    return True

"""One fetch, from the form to the preview."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import structlog
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from catalog.hooks.deliver import deliver_sync
from catalog.hooks.formats.told import Delivery
from catalog.hooks.gather import lock_member, take_in
from catalog.hooks.receive import event_of
from catalog.models import WatchEvent, WatchSync
from catalog.models.media_server import EventState, SyncState

from . import jellyfin_api, keys, plex_api
from .outbound import FetchError, Server, find_server

log = structlog.get_logger(__name__)

APIS: dict[str, Callable[[Server, str, str], Iterator[Delivery]]] = {
    jellyfin_api.KIND: jellyfin_api.watched,
    plex_api.KIND: plex_api.watched,
}
MOST_OPEN = 1


class TooManyFetchesError(Exception):
    """The member's last fetch is still under way."""


def begin(*, user_id: int, kind: str, address: str, key: str, user: str) -> WatchSync:
    """Have a worker ask the server. Raises FetchError, TooManyFetchesError.

    The address is checked here so that the member is told at once, and again by the worker.
    """
    find_server(address)
    with transaction.atomic():
        lock_member(user_id)
        mine = WatchSync.objects.filter(user_id=user_id, state=SyncState.FETCHING)
        if mine.count() >= MOST_OPEN:
            raise TooManyFetchesError
        sync = WatchSync.objects.create(
            user_id=user_id, server=kind, fetched=True, state=SyncState.FETCHING
        )
        keys.put(sync.pk, address, key, user)
        transaction.on_commit(lambda: deliver_sync(sync.pk))
    return sync


def fetch(sync: WatchSync) -> None:
    """Ask the server, outside of any transaction, and make a preview of what it says."""
    taken = keys.take(sync.pk)
    try:
        if taken is None:
            raise FetchError("key-gone")
        address, key, user = taken
        deliveries = list(APIS[sync.server](find_server(address), key, user))
    except FetchError as error:
        log.info("fetch_failed", sync=sync.pk, code=error.code)
        _end(sync, SyncState.FAILED, error=error.code)
        return
    with transaction.atomic():
        if not lock_member(sync.user_id):
            return
        _note(sync, deliveries)
        _end(sync, SyncState.PREVIEW, films=len(deliveries))


def _note(sync: WatchSync, deliveries: list[Delivery]) -> None:
    """What was told before stays what it was, but what was left out or undone is offered again."""
    made: dict[str, WatchEvent] = {}
    for delivery in deliveries:
        for told in delivery.told:
            film = told.film
            if film.title or film.imdb_id or film.tmdb_id:
                event = event_of(sync.user_id, delivery, told)
                made.setdefault(event.key, event)
    WatchEvent.objects.bulk_create(made.values(), ignore_conflicts=True, batch_size=1000)
    offered = Q(sync=None, state=EventState.PENDING)
    offered |= Q(state__in=(EventState.LEFT_OUT, EventState.UNDONE))
    mine = WatchEvent.objects.filter(offered, user_id=sync.user_id, key__in=made)
    take_in(sync, list(mine))


def _end(sync: WatchSync, state: str, **report: object) -> None:
    WatchSync.objects.filter(pk=sync.pk, state=SyncState.FETCHING).update(
        state=state, report=report, changed_at=timezone.now()
    )

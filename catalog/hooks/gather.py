"""Making one sync of what came together: small ones are applied at once, others are previewed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta

from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from catalog.models import HookDelivery, WatchEvent, WatchSync
from catalog.models.media_server import EventState, SyncState

from .deliver import GATHER_SECONDS, deliver_soon, deliver_sync
from .match import find_films

MOST_AT_ONCE = 20
# What was applied by itself within this time counts towards those, so that a slow burst is one.
BURST = timedelta(minutes=10)
# However much comes: after so long what is there becomes a sync.
LONGEST_WAIT = timedelta(minutes=5)
LOG_LENGTH = 100
MOST_LOOKED_AT = 5_000


def gather(user_id: int) -> None:
    """Look at what came for a member, unless more is just coming: then a little later."""
    with transaction.atomic():
        if not lock_member(user_id):
            return
        trim_log(user_id)
        pending = WatchEvent.objects.filter(user_id=user_id, state=EventState.PENDING, sync=None)
        oldest = pending.order_by("received_at").values_list("received_at", flat=True).first()
        if oldest is None:
            return
        newest = pending.aggregate(newest=Max("received_at"))["newest"]
        now = timezone.now()
        if now - newest < timedelta(seconds=GATHER_SECONDS - 1) and now - oldest < LONGEST_WAIT:
            transaction.on_commit(lambda: deliver_soon(user_id, again=True))
            return
        events = list(pending.order_by("received_at", "pk")[:MOST_LOOKED_AT])
        sync = _sync_for(user_id, events)
        if len(events) == MOST_LOOKED_AT:
            transaction.on_commit(lambda: deliver_soon(user_id, again=True))
        if sync.state == SyncState.APPLYING:
            transaction.on_commit(lambda: deliver_sync(sync.pk))


def take_in(sync: WatchSync, events: Sequence[WatchEvent]) -> None:
    """Give a sync its events, each with its film where that is sure."""
    films = find_films(events)
    for event in events:
        event.sync = sync
        event.movie_id = films.get(event.pk)
        event.state = EventState.READY if event.movie_id else EventState.WAITING
    WatchEvent.objects.bulk_update(events, ["sync", "movie", "state"], batch_size=1000)


def lock_member(user_id: int) -> bool:
    """Let nobody else write what servers told of this member; False where the member is gone.

    The member's row is what the deletion of an account locks first, too.
    """
    members = get_user_model().objects.select_for_update(no_key=True)
    return members.filter(pk=user_id).exists()


def trim_log(user_id: int) -> None:
    mine = HookDelivery.objects.filter(user_id=user_id)
    kept = mine.order_by("-received_at", "-pk").values("pk")[:LOG_LENGTH]
    mine.exclude(pk__in=list(kept.values_list("pk", flat=True))).delete()


def _sync_for(user_id: int, events: list[WatchEvent]) -> WatchSync:
    """What came joins the preview that is open; else it makes a sync of its own."""
    mine = WatchSync.objects.filter(user_id=user_id, fetched=False)
    server = Counter(event.server for event in events).most_common(1)[0][0]
    sync = mine.filter(state=SyncState.PREVIEW, server=server).first()
    if sync is None:
        sync = WatchSync.objects.create(user_id=user_id, server=server, state=SyncState.APPLYING)
    take_in(sync, events)
    if sync.state == SyncState.PREVIEW:
        return sync
    since = timezone.now() - BURST
    lately = WatchEvent.objects.filter(
        user_id=user_id, sync__created_at__gte=since, state=EventState.APPLIED, sync__fetched=False
    )
    films = {(event.server, event.item) for event in events}
    films |= set(lately.values_list("server", "item"))
    if len(films) > MOST_AT_ONCE:
        sync.state = SyncState.PREVIEW
        sync.save(update_fields=["state"])
    return sync

"""The Celery worker's side of a sync: each step in one transaction that holds the member's row.

A message that comes twice finds nothing to do, and a worker that dies leaves everything as it was,
for the sweep to send again.
"""

from __future__ import annotations

from datetime import timedelta

import structlog
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from catalog.models import WatchEvent, WatchSync
from catalog.models.media_server import SYNC_WORKING, EventState, SyncState

from .apply import apply_events
from .deliver import deliver_soon, deliver_sync
from .fetch.run import fetch
from .gather import MOST_AT_ONCE, lock_member
from .undo import undo_events

log = structlog.get_logger(__name__)

MOST_ATTEMPTS = 3
RESEND_AFTER = timedelta(minutes=2)
# Longer than any fetch takes.
FETCH_AGAIN_AFTER = timedelta(minutes=10)
PREVIEW_DAYS = 30
GIVEN_UP = {
    SyncState.FETCHING: SyncState.FAILED,
    SyncState.APPLYING: SyncState.PREVIEW,
    SyncState.UNDOING: SyncState.APPLIED,
}


def work(sync_id: int) -> None:
    """Do the step that a sync waits for; nothing, if there is none or somebody is at it."""
    sync = _begin(sync_id)
    if sync is None:
        return
    if sync.state == SyncState.FETCHING:
        fetch(sync)
        return
    with transaction.atomic():
        if not lock_member(sync.user_id):
            return
        locked = _locked(sync_id)
        if locked is None:
            return
        if locked.state == SyncState.APPLYING:
            _apply(locked)
        else:
            undo_events(locked.user_id, list(locked.events.select_for_update()))
            locked.state = SyncState.UNDONE
        locked.changed_at = timezone.now()
        locked.save()
        log.info("sync_step_done", sync=locked.pk, state=locked.state)


def clean_up() -> None:
    """Send lost work again, and leave out previews that nobody looked at."""
    now = timezone.now()
    lost = Q(sent_at=None) | Q(sent_at__lt=now - FETCH_AGAIN_AFTER)
    lost |= Q(sent_at__lt=now - RESEND_AFTER) & ~Q(state=SyncState.FETCHING)
    for key in WatchSync.objects.filter(lost, state__in=SYNC_WORKING).values_list("pk", flat=True):
        deliver_sync(key)
    pending = WatchEvent.objects.filter(
        state=EventState.PENDING, sync=None, received_at__lt=now - RESEND_AFTER / 2
    )
    for user_id in pending.order_by().values_list("user_id", flat=True).distinct():
        deliver_soon(user_id, again=True)
    old = now - timedelta(days=PREVIEW_DAYS)
    for sync in WatchSync.objects.filter(state=SyncState.PREVIEW, changed_at__lt=old):
        leave_out(sync)


def ask_apply(sync: WatchSync) -> bool:
    """Have a previewed sync written. False when it is not waiting for that."""
    return _change(sync, SyncState.PREVIEW, SyncState.APPLYING)


def ask_undo(sync: WatchSync) -> bool:
    return _change(sync, SyncState.APPLIED, SyncState.UNDOING)


def leave_out(sync: WatchSync) -> bool:
    """Decide against a preview: what it holds is not taken over, also when it is told again."""
    with transaction.atomic():
        if not lock_member(sync.user_id) or not _change(
            sync, SyncState.PREVIEW, SyncState.LEFT_OUT
        ):
            return False
        sync.events.update(state=EventState.LEFT_OUT)
    return True


def _apply(sync: WatchSync) -> None:
    ready = list(sync.events.filter(state=EventState.READY).select_for_update())
    plan = apply_events(sync.user_id, ready)
    films = {event.movie_id for event in ready}
    if sync.fetched or len(films) > MOST_AT_ONCE:
        # Nobody is asked for the stars of a whole library.
        sync.events.update(declined=True)
    sync.report["applied"] = len(plan.written)
    sync.state = SyncState.APPLIED


def _change(sync: WatchSync, before: str, after: str) -> bool:
    with transaction.atomic():
        changed = WatchSync.objects.filter(pk=sync.pk, state=before).update(
            state=after, changed_at=timezone.now(), sent_at=None, attempts=0
        )
        if changed and after in SYNC_WORKING:
            transaction.on_commit(lambda: deliver_sync(sync.pk))
    return bool(changed)


def _locked(sync_id: int) -> WatchSync | None:
    waiting = WatchSync.objects.filter(pk=sync_id, state__in=SYNC_WORKING)
    return waiting.select_for_update(of=("self",)).first()


def _begin(sync_id: int) -> WatchSync | None:
    """Count the attempt, in a transaction that stays whatever becomes of it."""
    with transaction.atomic():
        sync = _locked(sync_id)
        if sync is None:
            return None
        if sync.attempts >= MOST_ATTEMPTS:
            log.error("sync_given_up", sync=sync.pk, step=sync.state)
            sync.state = GIVEN_UP[SyncState(sync.state)]
            sync.report["error"] = "gave-up"
            sync.changed_at = timezone.now()
            sync.save()
            return None
        sync.attempts += 1
        sync.save(update_fields=["attempts"])
        return sync

"""Telling the workers. Repeating it does no harm, and what is lost the sweep tells again."""

from __future__ import annotations

import structlog
from django.core.cache import cache
from django.utils import timezone
from redis.exceptions import RedisError

from catalog.broker import send
from catalog.models import WatchSync

log = structlog.get_logger(__name__)

GATHER_TASK = "catalog.tasks.gather_watched"
SYNC_TASK = "catalog.tasks.work_on_sync"
# So long nothing more is waited for, and so long after each message no other one is sent.
GATHER_SECONDS = 8


def deliver_soon(user_id: int, *, again: bool = False) -> None:
    """Have a worker look at what came, once for all that comes within seconds.

    ``again`` where the worker itself finds that more is coming, or some was lost.
    """
    try:
        if not again and not cache.add(f"catalog.hooks.gather.{user_id}", 1, GATHER_SECONDS - 1):
            return
    except (RedisError, OSError) as error:
        log.warning("gathering_not_remembered", user_id=user_id, error=repr(error))
    send(GATHER_TASK, user_id, countdown=GATHER_SECONDS)


def deliver_sync(sync_id: int) -> None:
    """The time is noted first: afterwards a worker may hold the row locked until it is done."""
    WatchSync.objects.filter(pk=sync_id).update(sent_at=timezone.now())
    send(SYNC_TASK, sync_id)

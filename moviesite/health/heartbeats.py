"""Signs of life of what answers no requests: beat, and the workers of each queue."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import Any

import structlog
from celery.signals import heartbeat_sent, worker_ready
from django.db import DatabaseError, connection
from django.utils import timezone

from moviesite.health.models import Heartbeat

log = structlog.get_logger(__name__)

EVERY = 15.0  # seconds between two rows of the same process
BEAT = "beat"
MAIL = "mail"
STORED_BACKUP = "backup:stored"
SCHEDULED_BACKUP = "backup:scheduled"

_told_at: dict[str, float] = {}
_queues: list[str] = []


def worker_of(queue: str) -> str:
    return f"worker:{queue}"


def tell(name: str, problem: str = "") -> None:
    """Write down that ``name`` is alive, or what its problem is."""
    Heartbeat.objects.update_or_create(
        name=name, defaults={"at": timezone.now(), "problem": problem[:500]}
    )


def tell_now_and_then(name: str) -> None:
    """As `tell`, a few times a minute at most; a database that is away is no reason to stop."""
    now = time.monotonic()
    if now - _told_at.get(name, float("-inf")) < EVERY:
        return
    _told_at[name] = now
    try:
        tell(name)
    except DatabaseError as error:
        log.warning("heartbeat_not_written", name=name, error=repr(error))
    finally:
        connection.close()  # the process forks children, who must not inherit it


def age_of(name: str) -> timedelta | None:
    """How long ago it was last alive; None: never."""
    found = Heartbeat.objects.filter(pk=name).first()
    return None if found is None else timezone.now() - found.at


@worker_ready.connect
def _remember_queues(sender: Any, **_: object) -> None:
    _queues[:] = [queue.name for queue in sender.task_consumer.queues]
    _tell_of_queues()


@heartbeat_sent.connect
def _tell_of_queues(**_: object) -> None:
    """Celery's own heartbeat, of a worker that has its broker, also in the middle of a task."""
    for queue in _queues:
        tell_now_and_then(worker_of(queue))

"""Sending messages to Celery without ever failing for want of a broker.

Whatever a message says is also in the database, where the sweep finds it: a message that cannot
be sent costs time, not work.
"""

from __future__ import annotations

from typing import Any

import structlog
from celery import current_app
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from catalog.fuse import Fuse

log = structlog.get_logger(__name__)

CONNECT_SECONDS = 0.2  # a request may be waiting
# Without these, kombu tries a dead broker over and over while the caller waits.
_NO_RETRIES = {"max_retries": 1, "interval_start": 0, "interval_step": 0, "interval_max": 0}

broker_fuse = Fuse("broker")


def send(task: str, *args: Any, countdown: float = 0, expires: float | None = None) -> bool:
    """Send ``task`` with ``args`` to its queue, once. False when the broker cannot be reached."""
    if not broker_fuse.lets_through():
        return False
    options = {
        **current_app.conf.broker_transport_options,
        **_NO_RETRIES,
        "socket_connect_timeout": CONNECT_SECONDS,
        "socket_timeout": CONNECT_SECONDS,
    }
    try:
        with current_app.connection_for_write(
            connect_timeout=CONNECT_SECONDS, transport_options=options
        ) as connection:
            current_app.send_task(
                task,
                args=args,
                countdown=countdown or None,
                expires=None if expires is None else countdown + expires,
                connection=connection,
                retry=False,
            )
    except (OperationalError, RedisError, OSError) as error:
        broker_fuse.blow(error)
        log.warning("broker_unreachable", task=task, error=repr(error))
        return False
    broker_fuse.mend()
    return True

"""From a rating to a look at the schedule, soon."""

from __future__ import annotations

from typing import Any

import structlog
from django.core.cache import cache
from redis.exceptions import RedisError

from catalog.dispatch import send
from recommender.sweeping import SWEEP_TASK

log = structlog.get_logger(__name__)

CACHE_KEY = "recommender.nudged"
SECONDS = 3  # one nudge per so many seconds, sent to be worked on when they have passed


def nudge(sender: Any = None, **kwargs: Any) -> None:
    """Have the schedule looked at in a moment. Never fails: the regular sweep comes anyway."""
    try:
        first = cache.add(CACHE_KEY, 1, timeout=SECONDS)
    except (RedisError, OSError) as error:
        log.warning("nudge_not_sent", error=repr(error))
        return
    if first:
        send(SWEEP_TASK, countdown=SECONDS + 0.2, expires=30)

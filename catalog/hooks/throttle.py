"""How often an address may be posted to: a server may mark a whole library at once, no more."""

from __future__ import annotations

import time

import structlog
from django.core.cache import cache
from redis.exceptions import RedisError

log = structlog.get_logger(__name__)

# Deliveries within so many seconds.
LIMITS = ((6_000, 60), (30_000, 24 * 3600))


def seconds_to_wait(address_id: int) -> int:
    """0, or after how many seconds the address may be posted to again.

    Without a cache nothing is counted: the size of a request is bounded all the same.
    """
    now = int(time.time())
    try:
        for most, seconds in LIMITS:
            key = f"catalog.hooks.throttle.{address_id}.{seconds}.{now // seconds}"
            cache.add(key, 0, seconds)
            if cache.incr(key) > most:
                return seconds - now % seconds
    except (RedisError, OSError, ValueError) as error:
        log.warning("deliveries_not_counted", address=address_id, error=repr(error))
    return 0

"""Turns at TMDB, shared by all processes of the site through the cache."""

import time

import structlog
from django.core.cache import cache
from redis.exceptions import RedisError

log = structlog.get_logger(__name__)

# TMDB's limit is "somewhere in the range of 40 requests a second". The counter begins anew with
# each second of the clock, so that the busiest second across two of them has twice as many.
TURNS_PER_SECOND = 20


def wait_for_turn() -> None:
    """Return when the site may ask TMDB once more."""
    while not _has_turn(int(time.time())):
        time.sleep(1 - time.time() % 1)


def _has_turn(second: int) -> bool:
    key = f"catalog.tmdb.turns.{second}"
    try:
        cache.add(key, 0, timeout=10)
        return cache.incr(key) <= TURNS_PER_SECOND
    except (RedisError, OSError, ValueError) as error:  # ValueError: the key has gone meanwhile
        log.warning("tmdb_turns_unknown", error=repr(error))
        return True  # TMDB tells by itself when it is too much

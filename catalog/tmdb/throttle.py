"""Turns at TMDB, shared by all processes of the site through Redis."""

import time
from functools import cache

import structlog
from django.conf import settings
from limits import RateLimitItem, RateLimitItemPerSecond
from limits.storage import RedisStorage
from limits.strategies import MovingWindowRateLimiter
from redis.exceptions import RedisError

log = structlog.get_logger(__name__)

# TMDB's limit is "somewhere in the range of 40 requests a second".
TURNS = RateLimitItemPerSecond(30)
OF_THE_SITE = "tmdb"
LONGEST_WAIT_FOR_REDIS = 0.2  # seconds


def wait_for_turn(turns: RateLimitItem = TURNS) -> None:
    """Return when the site may ask TMDB once more: no second of time has more than ``turns``."""
    while wait := _seconds_to_wait(turns):
        time.sleep(wait)


def _seconds_to_wait(turns: RateLimitItem) -> float:
    limiter = _limiter(settings.CACHES["default"]["LOCATION"])
    try:
        if limiter.hit(turns, OF_THE_SITE):
            return 0
        free_at = limiter.get_window_stats(turns, OF_THE_SITE).reset_time
    except (RedisError, OSError) as error:
        log.warning("tmdb_turns_unknown", error=repr(error))
        return 0  # TMDB tells by itself when it is too much
    return max(0.01, free_at - time.time())


@cache
def _limiter(redis_url: str) -> MovingWindowRateLimiter:
    return MovingWindowRateLimiter(
        RedisStorage(
            redis_url,
            key_prefix="matinee.turns",
            socket_timeout=LONGEST_WAIT_FOR_REDIS,
            socket_connect_timeout=LONGEST_WAIT_FOR_REDIS,
        )
    )

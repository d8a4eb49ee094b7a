"""How many requests a minute somebody may send, told in ``RateLimit`` headers."""

from __future__ import annotations

import hashlib
import time
from dataclasses import dataclass

import structlog
from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest
from redis.exceptions import RedisError

WINDOW = 60

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Allowance:
    """What is left of ``limit`` requests until the window ends in ``seconds``."""

    limit: int
    left: int
    seconds: int

    def headers(self) -> dict[str, str]:
        """As the IETF's draft "RateLimit header fields for HTTP" has them."""
        left = max(self.left, 0)
        return {
            "RateLimit-Policy": f'"minute";q={self.limit};w={WINDOW}',
            "RateLimit": f'"minute";r={left};t={self.seconds}',
        }


def take(request: HttpRequest) -> Allowance | None:
    """Count a request. None where nothing is counted: no limit is set, or there is no cache."""
    limit: int = settings.MATINEE_API_RATE
    if not limit:
        return None
    now = int(time.time())
    key = f"api.requests.{_who(request)}.{now // WINDOW}"
    try:
        cache.add(key, 0, 2 * WINDOW)
        count = cache.incr(key)
    except (RedisError, OSError, ValueError) as error:
        log.warning("requests not counted", error=repr(error))
        return None
    return Allowance(limit, limit - count, WINDOW - now % WINDOW)


def _who(request: HttpRequest) -> str:
    """A token, a session, or an address; hashed, so that the cache keeps none of them."""
    who = (
        request.META.get("HTTP_AUTHORIZATION")
        or request.COOKIES.get(settings.SESSION_COOKIE_NAME)
        or request.META.get("REMOTE_ADDR", "")
    )
    return hashlib.sha256(who.encode("utf-8", "replace")).hexdigest()[:32]

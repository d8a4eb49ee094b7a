"""How many requests a minute somebody may send, told in ``RateLimit`` headers.

A token or a session has a count of its own once it has let somebody in. Until then it is made up,
for all that is known, and its requests count for the address that they come from.
"""

from __future__ import annotations

import hashlib
import time
from dataclasses import dataclass

import structlog
from allauth.core.internal.ratelimit import truncate_ip
from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest
from redis.exceptions import RedisError

WINDOW = 60
REMEMBERED = 3600  # seconds that a credential is known for after it has let somebody in

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
    try:
        count = _count(_who(request), now)
    except (RedisError, OSError, ValueError) as error:
        log.warning("requests not counted", error=repr(error))
        return None
    return Allowance(limit, limit - count, WINDOW - now % WINDOW)


def remember(request: HttpRequest) -> None:
    """Count the requests of what has let somebody in by themselves from now on, this one too."""
    credential = _credential(request)
    if not settings.MATINEE_API_RATE or credential is None:
        return
    now = int(time.time())
    try:
        if cache.add(_known(credential), 1, REMEMBERED):
            cache.decr(_key(_address(request), now))
            _count(credential, now)
    except (RedisError, OSError, ValueError) as error:
        log.warning("requests not counted", error=repr(error))


def _who(request: HttpRequest) -> str:
    credential = _credential(request)
    if credential is not None and cache.get(_known(credential)):
        return credential
    return _address(request)


def _credential(request: HttpRequest) -> str | None:
    """A token or a session; hashed, so that the cache keeps none of them."""
    shown = request.META.get("HTTP_AUTHORIZATION")
    shown = shown or request.COOKIES.get(settings.SESSION_COOKIE_NAME)
    return _hash(shown) if shown else None


def _address(request: HttpRequest) -> str:
    return _hash(truncate_ip(request.META.get("REMOTE_ADDR", "")))


def _hash(who: str) -> str:
    return hashlib.sha256(who.encode("utf-8", "replace")).hexdigest()[:32]


def _known(credential: str) -> str:
    return f"api.known.{credential}"


def _key(who: str, now: int) -> str:
    return f"api.requests.{who}.{now // WINDOW}"


def _count(who: str, now: int) -> int:
    key = _key(who, now)
    cache.add(key, 0, 2 * WINDOW)
    return cache.incr(key)

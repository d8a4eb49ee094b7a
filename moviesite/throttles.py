"""How often one client may ask what is dear: a table for all addresses, and the middleware for it.

Members are counted by account, visitors by address. Log-ins have limits of their own
(``accounts/throttles.py``), and so has each address of a media server (``catalog/hooks``).
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import dataclass

import structlog
from allauth.core.internal.ratelimit import truncate_ip
from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from redis.exceptions import RedisError

log = structlog.get_logger(__name__)

API = "/api/"
TOO_MANY = 429


@dataclass(frozen=True)
class Limit:
    """``most`` requests within ``seconds``, for these paths; ``asked``: a parameter that counts."""

    name: str
    path: re.Pattern[str]
    methods: frozenset[str]
    most: int
    seconds: int
    asked: str = ""

    def covers(self, request: HttpRequest) -> bool:
        return (
            request.method in self.methods
            and self.path.match(request.path_info) is not None
            and (not self.asked or bool(request.GET.get(self.asked)))
        )


LOOKS, SENDS = frozenset({"GET", "HEAD"}), frozenset({"POST"})

WATCH_NEXT = re.compile(r"/(watch-next/|api/v1/(watch-next|scenarios/[^/]+))$")

LIMITS = (
    Limit("search", re.compile(r"/(movies|search)/$"), LOOKS, 240, 60, asked="q"),
    Limit("search", re.compile(r"/api/v1/(movies|people|elsewhere)$"), LOOKS, 240, 60, "search"),
    Limit("watch-next", WATCH_NEXT, LOOKS | SENDS, 120, 60),
    Limit("imports", re.compile(r"/import/"), SENDS, 60, 60),
    Limit("webhooks", re.compile(r"/hooks/"), SENDS, 12_000, 60),
    Limit("exports", re.compile(r"/accounts/export"), LOOKS, 30, 600),
)
# Tokens that are none, by address: the right one is let in all the same.
WRONG_TOKENS = Limit("tokens", re.compile(API), frozenset(), 30, 60)


class ThrottleMiddleware:
    """Answers 429 with ``Retry-After`` beyond a limit; without a cache nobody is held up."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if settings.MATINEE_LIMITS:
            for limit in LIMITS:
                if limit.covers(request) and (wait := _wait(limit, _client_of(request))):
                    return _refusal(request, wait)
        answer = self.get_response(request)
        if answer.status_code == 401 and _shows_token(request):
            wait = _wait(WRONG_TOKENS, _address_of(request))
            if wait:
                return _refusal(request, wait)
        return answer


def _shows_token(request: HttpRequest) -> bool:
    return request.path_info.startswith(API) and "HTTP_AUTHORIZATION" in request.META


def _address_of(request: HttpRequest) -> str:
    return f"address:{truncate_ip(request.META['REMOTE_ADDR'])}"


def _client_of(request: HttpRequest) -> str:
    if request.user.is_authenticated:
        return f"member:{request.user.pk}"
    return _address_of(request)


def _wait(limit: Limit, client: str) -> int:
    """Count the request: 0, or the seconds until the next one is let in."""
    now = int(time.time())
    key = f"throttles.{limit.name}.{client}.{now // limit.seconds}"
    try:
        cache.add(key, 0, limit.seconds)
        count = cache.incr(key)
    except (RedisError, OSError, ValueError) as error:
        log.warning("requests_not_counted", limit=limit.name, error=repr(error))
        return 0
    return limit.seconds - now % limit.seconds if count > limit.most else 0


def _refusal(request: HttpRequest, wait: int) -> HttpResponse:
    if request.path_info.startswith(API):
        answer: HttpResponse = JsonResponse({"detail": "Too many requests."}, status=TOO_MANY)
    else:
        answer = render(request, "429.html", status=TOO_MANY)
    answer["Retry-After"] = str(wait)
    return answer

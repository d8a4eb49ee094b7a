"""A request that arrives twice at once happens once, and both get its answer.

A double click, a browser that repeats itself and a client that gave up too early all send the same
request again while the first one still runs. The second waits for the first, by an advisory lock
of PostgreSQL, and is told what the first one was told. Requests one after another are two requests.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import structlog
from django.conf import settings
from django.core.cache import cache
from django.core.exceptions import RequestDataTooBig
from django.db import DatabaseError, IntegrityError, connection
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render

SAFE = ("GET", "HEAD", "OPTIONS", "TRACE")
FAMILY = 0x0E_CE  # the first half of our locks' keys
KEPT_SECONDS = 30
# What PostgreSQL says where a row is there already, or one that is referred to is gone.
LATE = ("23505", "23503")
LARGEST_BODY = 100_000  # bytes; an upload is read by its view, in pieces
LARGEST = 1_000_000  # bytes of an answer; a larger one is made again

log = structlog.get_logger(__name__)


class OnceMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        same = "" if request.method in SAFE else digest_of(request)
        if not same:
            return self.get_response(request)
        with _turn(same) as waited:
            if waited and (kept := cache.get(_name(same))):
                return _answer_of(kept)
            answer = self.get_response(request)
            if _somebody_waits(same) and (kept := _kept(answer)):
                cache.set(_name(same), kept, KEPT_SECONDS)
            return answer

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Two requests that are not the same may still add the same row: one of them is late."""
        if not isinstance(error, IntegrityError) or request.method in SAFE:
            return None
        if getattr(error.__cause__, "pgcode", "") not in LATE:
            return None
        log.exception("another request was faster")
        return render(request, "409.html", status=409)


def digest_of(request: HttpRequest) -> str:
    """Who sends what, and where to; empty for somebody unknown, or for an upload."""
    who = [
        request.COOKIES.get(settings.SESSION_COOKIE_NAME, ""),
        request.COOKIES.get(settings.CSRF_COOKIE_NAME, ""),
        request.META.get("HTTP_AUTHORIZATION", ""),
    ]
    if not any(who) or _length(request) > LARGEST_BODY:
        return ""
    try:
        body = request.body
    except (RequestDataTooBig, OSError):  # whoever reads it next says so
        return ""
    parts = [request.method or "", request.get_full_path(), *who, _variant(request)]
    return hashlib.sha256("\0".join(parts).encode("utf-8", "replace") + b"\0" + body).hexdigest()


def _length(request: HttpRequest) -> int:
    text = request.META.get("CONTENT_LENGTH") or "0"
    return int(text) if text.isdecimal() else LARGEST_BODY + 1


def _variant(request: HttpRequest) -> str:
    """Scripts get another answer than forms."""
    return request.META.get("HTTP_HX_REQUEST", "") + request.META.get("HTTP_IDEMPOTENCY_KEY", "")


@contextmanager
def _turn(same: str) -> Iterator[bool]:
    """Hold the lock; says whether another one had it first."""
    keys = [FAMILY, _half(same)]
    waited = not _ask("SELECT pg_try_advisory_lock(%s, %s)", keys)
    if waited:
        _ask("SELECT pg_advisory_lock(%s, %s)", keys)
    try:
        yield waited
    finally:
        try:
            _ask("SELECT pg_advisory_unlock(%s, %s)", keys)
        except DatabaseError as error:
            # The lock belongs to the session of the database, and ends with it.
            log.warning("lock not given back", error=str(error))
            if not connection.in_atomic_block:
                connection.close()


def _somebody_waits(same: str) -> bool:
    return bool(
        _ask(
            "SELECT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
            " AND classid = %s AND objid = %s AND objsubid = 2)",
            [FAMILY, _half(same) % 2**32],
        )
    )


def _ask(question: str, values: list[int]) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(question, values)
        row = cursor.fetchone()
    return row[0] if row else None


def _half(same: str) -> int:
    return int.from_bytes(bytes.fromhex(same)[:4], signed=True)


def _name(same: str) -> str:
    return f"once:{same}"


def _kept(answer: HttpResponseBase) -> dict[str, Any] | None:
    """An answer as JSON can hold it; None for one that is no answer for a second request."""
    if not isinstance(answer, HttpResponse) or answer.status_code >= 500:
        return None
    if len(answer.content) > LARGEST:
        return None
    return {
        "status": answer.status_code,
        "headers": list(answer.items()),
        "cookies": {
            name: dict(morsel) | {"": morsel.value} for name, morsel in answer.cookies.items()
        },
        "content": base64.b85encode(answer.content).decode(),
    }


def _answer_of(kept: dict[str, Any]) -> HttpResponse:
    answer = HttpResponse(base64.b85decode(kept["content"]), status=kept["status"])
    del answer.headers["Content-Type"]
    for name, value in kept["headers"]:
        answer[name] = value
    for name, attributes in kept["cookies"].items():
        answer.cookies[name] = attributes.pop("")
        answer.cookies[name].update({key: value for key, value in attributes.items() if value})
    return answer

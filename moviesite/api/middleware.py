"""What holds for every request to the API, before and after its operation."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from catalog.services.turns import take_turn

from . import api, limits
from .etags import etag_of, matches, tagged
from .idempotency import HEADER, answered_once, member_of
from .problems import as_problem, problem

READS = ("GET", "HEAD", "OPTIONS", "TRACE")
ROOT = "/api/"
NAMESPACE = "api-v1"


class ApiMiddleware:
    """Every error under ``/api/`` is a problem document, also those of Django itself."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not request.path_info.startswith(ROOT):
            return self.get_response(request)
        asked_for_head = request.method == "HEAD"
        if asked_for_head:
            request.method = "GET"  # ninja knows operations by their methods
        answer = as_problem(self._counted(request))
        if answer.status_code == 401:
            answer["WWW-Authenticate"] = 'Bearer realm="api"'
        answer = tagged(request, answer)
        if asked_for_head and isinstance(answer, HttpResponse):
            answer.headers.setdefault("Content-Length", str(len(answer.content)))
            answer.content = b""
        return answer

    def _counted(self, request: HttpRequest) -> HttpResponseBase:
        """The answer, or that there were too many requests; with what is left for this minute."""
        allowance = limits.take(request)
        if allowance is None:
            return self.get_response(request)
        if allowance.left < 0:
            answer: HttpResponseBase = problem(429, "Too many requests.")
            answer["Retry-After"] = str(allowance.seconds)
        else:
            answer = self.get_response(request)
            if getattr(request, "auth", None) is not None:
                limits.remember(request)
        for name, value in allowance.headers().items():
            answer[name] = value
        return answer

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any
    ) -> HttpResponseBase | None:
        match = request.resolver_match
        if match is None or NAMESPACE not in match.namespaces:
            return None
        if unknown := _unknown_names(request, match.route):
            errors = [
                {"type": "unknown", "loc": ["query", name], "msg": "No such parameter here"}
                for name in unknown
            ]
            return problem(422, errors=errors)
        if request.method in READS:
            return None

        def run() -> HttpResponseBase:
            if asked := request.headers.get("If-Match"):
                return _if_unchanged(request, view, kwargs, asked)
            return view(request, *args, **kwargs)

        if key := request.headers.get(HEADER):
            return answered_once(request, key, run)
        return run() if "If-Match" in request.headers else None


def _if_unchanged(
    request: HttpRequest, view: Callable[..., Any], kwargs: Any, asked: str
) -> HttpResponseBase:
    """Change what the client has seen; while it is compared, no other request changes it."""
    with transaction.atomic():
        if (user_id := member_of(request)) is not None:
            take_turn(user_id)
        if not _unchanged(request, view, kwargs, asked):
            return problem(412, "It is not as you know it: get it again first.")
        return view(request, **kwargs)


def _unchanged(request: HttpRequest, view: Callable[..., Any], kwargs: Any, asked: str) -> bool:
    """Whether what a GET of the same address answers now is what the client has seen."""
    method, request.method = request.method, "GET"
    try:
        answer = view(request, **kwargs)
    finally:
        request.method = method
    return matches(asked, etag_of(answer) if answer.status_code == 200 else None)


def _unknown_names(request: HttpRequest, route: str) -> list[str]:
    path = route.split("/", 2)[-1].replace("<", "{").replace(">", "}")
    known = api.query_names.get((path, request.method or ""))
    return [] if known is None else sorted(set(request.GET) - known)

"""What holds for every request to the API, before and after its operation."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from .problems import as_problem, problem

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
        answer = as_problem(self.get_response(request))
        if asked_for_head and isinstance(answer, HttpResponse):
            answer.headers.setdefault("Content-Length", str(len(answer.content)))
            answer.content = b""
        return answer

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any
    ) -> HttpResponse | None:
        match = request.resolver_match
        if match is None or NAMESPACE not in match.namespaces:
            return None
        if unknown := _unknown_names(request, match.route):
            errors = [
                {"type": "unknown", "loc": ["query", name], "msg": "No such parameter here"}
                for name in unknown
            ]
            return problem(422, errors=errors)
        return None


def _unknown_names(request: HttpRequest, route: str) -> list[str]:
    from . import api  # the routers import much that needs its models first

    path = route.split("/", 2)[-1].replace("<", "{").replace(">", "}")
    known = api.query_names.get((path, request.method or ""))
    return [] if known is None else sorted(set(request.GET) - known)

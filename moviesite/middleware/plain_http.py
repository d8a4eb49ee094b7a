"""Programs that come without TLS are refused, where a browser is led to the encrypted page.

A program that is redirected works, and goes on sending its token in the clear with every request.
Refused, it is set right at once. The addresses of hooks and feeds are secrets themselves.
"""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from moviesite.api.middleware import ROOT
from moviesite.api.problems import problem

OF_PROGRAMS = (ROOT, "/hooks/", "/feeds/")
REFUSED = "This site is for HTTPS only: ask at the https:// address, with a new token."


class PlainHttpMiddleware:
    """Stands before Django's own, which redirects."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        of_program = request.path_info.startswith(OF_PROGRAMS)
        if not of_program or request.is_secure() or not settings.SECURE_SSL_REDIRECT:
            return self.get_response(request)
        if request.path_info.startswith(ROOT):
            return problem(403, REFUSED)
        return HttpResponse(REFUSED, status=403, content_type="text/plain; charset=utf-8")

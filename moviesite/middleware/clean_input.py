"""Requests with characters that no name here can have: refused before anything reads them.

PostgreSQL holds neither NUL nor half a surrogate pair, so that a look-up with one is an error of
the database wherever a view asks it. An address with one leads nowhere: 404. A query, cookie or
form with one makes no sense: 400. Methods that no page has, such as TRACE, are refused as well.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, QueryDict

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")


class CleanInputMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method not in METHODS:
            return HttpResponseNotAllowed(METHODS)
        if not storable(request.path_info):
            raise Http404("an address with a character that no name has")
        _check(_texts(request.GET), "address")
        _check(_pairs(request.COOKIES), "cookies")
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any
    ) -> None:
        """Forms alone: what is exempt from the token of a form reads its body itself."""
        if request.method == "POST" and not getattr(view, "csrf_exempt", False):
            _check(_texts(request.POST), "form")
            _check((one.name or "" for _, many in request.FILES.lists() for one in many), "form")


def storable(text: str) -> bool:
    """Whether PostgreSQL can hold a text: no NUL in it, and no half of a surrogate pair."""
    return "\0" not in text and (
        text.isascii() or not any("\ud800" <= letter <= "\udfff" for letter in text)
    )


def _check(texts: Iterable[str], place: str) -> None:
    if not all(storable(text) for text in texts):
        raise BadRequest(f"The {place} has a character that cannot be stored.")


def _texts(sent: QueryDict) -> Iterable[str]:
    for name, values in sent.lists():
        yield name
        yield from (value for value in values if isinstance(value, str))


def _pairs(sent: Mapping[str, str]) -> Iterable[str]:
    for name, value in sent.items():
        yield name
        yield value

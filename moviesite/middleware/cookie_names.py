"""Names of cookies by which a browser lets nobody else set them: ``__Host-`` and ``__Secure-``.

A cookie without such a name may be set by whoever stands at another host of the domain, or between
a browser and any page without TLS. At the root of a host ours are ``__Host-``: sent to this host
alone. Beneath a path they can only be ``__Secure-``. Inside, names are plain; without HTTPS they
are plain outside, too.
"""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase

HOST, SECURE = "__Host-", "__Secure-"


def prefix() -> str:
    """Of the site's cookies as a browser sees them; empty without HTTPS."""
    if not settings.SESSION_COOKIE_SECURE:
        return ""
    return HOST if settings.SESSION_COOKIE_PATH == "/" else SECURE


class CookieNamesMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not (begins := prefix()):
            return self.get_response(request)
        request.COOKIES = {
            name.removeprefix(begins): value
            for name, value in request.COOKIES.items()
            if name.startswith(begins)
        }
        answer = self.get_response(request)
        for name in list(answer.cookies):
            cookie = answer.cookies.pop(name)
            answer.cookies[begins + name] = cookie.value
            answer.cookies[begins + name].update({**cookie, "secure": True})
        return answer

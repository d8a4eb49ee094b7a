"""The one address that people know the site by, and all that follows from it.

``MATINEE_URL=https://example.org/films/`` says where the site stands. The settings take from it
hosts, origins, scheme and cookies; `PublicAddressMiddleware` the rest: requests begin beneath the
path, absolute addresses are public ones, and no cookie is seen outside.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest, HttpResponse

VARIABLE = "MATINEE_URL"
COOKIE_PATHS = ("SESSION_COOKIE_PATH", "CSRF_COOKIE_PATH", "LANGUAGE_COOKIE_PATH")
SEGMENT = re.compile(r"[A-Za-z0-9._~-]+")


@dataclass(frozen=True)
class PublicAddress:
    """Of ``https://example.org:8443/films/``: its parts; ``path`` is ``/films``, or empty."""

    origin: str = ""
    host: str = ""
    path: str = ""

    @classmethod
    def parse(cls, text: str) -> PublicAddress:
        """From the variable's value; an empty one leaves the address unsaid."""
        text = text.strip()
        if not text:
            return cls()
        try:
            parts = urlsplit(text)
            _port = parts.port
        except ValueError as error:
            raise _refused(text, str(error)) from error
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise _refused(text, "it begins with http:// or https:// and a host")
        if parts.username is not None or parts.query or parts.fragment:
            raise _refused(text, "it has no user, no question mark and no hash")
        segments = [segment for segment in parts.path.split("/") if segment]
        if not all(SEGMENT.fullmatch(one) and one.strip(".") for one in segments):
            raise _refused(text, "its path is letters, digits, hyphens and slashes")
        host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
        return cls(
            origin=f"{parts.scheme}://{parts.netloc.lower()}",
            host=host,
            path="".join(f"/{segment}" for segment in segments),
        )

    def __bool__(self) -> bool:
        return bool(self.origin)

    def __str__(self) -> str:
        return f"{self.origin}{self.path}/" if self else ""

    @property
    def secure(self) -> bool:
        return self.origin.startswith("https:")

    @property
    def cookie_path(self) -> str:
        return self.path or "/"

    def settings(self) -> dict[str, str | None]:
        """Those of Django and allauth that go by the path alone."""
        # What stands at the host's root has cookies of its own. A browser sends both to us, and
        # of two with one name the wrong one could win.
        prefix = f"{self.path.strip('/').replace('/', '-')}-" if self.path else ""
        return {
            "FORCE_SCRIPT_NAME": self.path or None,
            "STATIC_URL": f"{self.path}/static/",
            "ACCOUNT_EMAIL_CONFIRMATION_ANONYMOUS_REDIRECT_URL": (
                f"{self.path}/accounts/login/?next={self.path}/welcome/"
            ),
            **dict.fromkeys(COOKIE_PATHS, self.cookie_path),
            "SESSION_COOKIE_NAME": f"{prefix}sessionid",
            "CSRF_COOKIE_NAME": f"{prefix}csrftoken",
            "LANGUAGE_COOKIE_NAME": f"{prefix}django_language",
        }

    def beneath(self, path: str) -> str | None:
        """What ``path`` is beneath ours; None where it is not, as when a proxy took it off."""
        if self.path and (path == self.path or path.startswith(f"{self.path}/")):
            return path.removeprefix(self.path) or "/"
        return None


def _refused(text: str, reason: str) -> ImproperlyConfigured:
    return ImproperlyConfigured(
        f"{VARIABLE} must be an address such as https://example.org/films/; {text!r} is not:"
        f" {reason}."
    )


class PublicAddressMiddleware:
    """Has the rest of the site see each request as one to the public address."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        address: PublicAddress = settings.PUBLIC_ADDRESS
        if not address:
            return self.get_response(request)
        within = address.beneath(request.path_info)
        if within is not None:
            request.path_info = request.META["PATH_INFO"] = within
            request.path = f"{address.path}{within}"

        def absolute(location: str | None = None) -> str:
            """In mails and answers: never the name of a machine that a visitor came in by."""
            place = request.get_full_path() if location is None else str(location)
            return urljoin(f"{address.origin}{request.path}", place)

        request.build_absolute_uri = absolute  # type: ignore[method-assign]
        response = self.get_response(request)
        for cookie in response.cookies.values():
            # Django, allauth and ours set some without asking where the site stands.
            cookie["path"] = address.cookie_path
        return response

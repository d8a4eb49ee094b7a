"""Authentication: a session with CSRF token, or ``Authorization: Bearer`` with an access token."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import authenticate
from django.contrib.auth.models import AbstractBaseUser
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import CsrfViewMiddleware
from ninja.errors import HttpError
from ninja.security import HttpBearer, SessionAuth

SCOPES = ("read", "write", "admin")
READS = ("GET", "HEAD", "OPTIONS")


class TokenAuth(HttpBearer):
    """The token is checked by the authentication backend that takes an ``api_token``.

    It tells the token's ``api_scope``; each of `SCOPES` allows what stands before it.
    """

    def __init__(self, scope: str = "") -> None:
        super().__init__()
        self.scope = scope

    def authenticate(self, request: HttpRequest, token: str) -> AbstractBaseUser | None:
        user = authenticate(request, api_token=token)
        if user is None:
            return None
        needed = self.scope or ("read" if request.method in READS else "write")
        has = getattr(user, "api_scope", "write")
        if SCOPES.index(has) < SCOPES.index(needed):
            raise HttpError(403, f"This token has the scope {has}; this needs {needed}.")
        request.user = user
        return user


class MemberSession(SessionAuth):
    """A logged-in member's session; a request that changes something shows its CSRF token too.

    Unlike ninja's own check, this one refuses in JSON instead of with the site's error page.
    """

    def authenticate(self, request: HttpRequest, key: str | None) -> Any | None:
        user = super().authenticate(request, key)
        if user is not None and (reason := _CsrfCheck(_no_response).refusal(request)):
            raise HttpError(403, reason)
        return user


class _CsrfCheck(CsrfViewMiddleware):
    def refusal(self, request: HttpRequest) -> str | None:
        self.process_request(request)
        return self.process_view(request, _no_response, (), {})  # type: ignore[return-value]

    def _reject(self, request: HttpRequest, reason: str) -> str:
        return reason


def _no_response(request: HttpRequest) -> HttpResponse:
    return HttpResponse()


# The token first: a client that sends one has no CSRF token to show.
MEMBER = [TokenAuth(), MemberSession(csrf=False)]


def member_id(request: HttpRequest) -> int:
    """The primary key of the member whom `MEMBER` has let in."""
    return int(request.auth.pk)  # type: ignore[attr-defined]

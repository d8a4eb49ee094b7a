"""Who is asking: a session with CSRF token, or ``Authorization: Bearer`` with an access token."""

from __future__ import annotations

from django.contrib.auth import authenticate
from django.contrib.auth.models import AbstractBaseUser
from django.http import HttpRequest
from ninja.security import HttpBearer, SessionAuth


class TokenAuth(HttpBearer):
    """The token is checked by the authentication backend that takes an ``api_token``."""

    def authenticate(self, request: HttpRequest, token: str) -> AbstractBaseUser | None:
        user = authenticate(request, api_token=token)
        if user is not None:
            request.user = user
        return user


# The token first: a client that sends one has no CSRF token to show.
MEMBER = [TokenAuth(), SessionAuth(csrf=True)]

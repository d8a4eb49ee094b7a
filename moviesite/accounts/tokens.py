"""Personal access tokens for the API: shown once, kept as a hash."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta

from django.contrib.auth.backends import ModelBackend
from django.http import HttpRequest
from django.utils import timezone

from .models import ApiToken, User

PREFIX = "matinee_"  # lets secret scanners know what they found
SECRET_BYTES = 32
USED_EVERY = timedelta(minutes=5)  # how exactly the last use is written down


def create_token(user: User, name: str) -> tuple[ApiToken, str]:
    """A new token of ``user`` and its text, which cannot be had a second time."""
    text = PREFIX + secrets.token_urlsafe(SECRET_BYTES)
    token = ApiToken.objects.create(
        user=user, name=name, token_hash=hash_of(text), hint=text[len(PREFIX) :][:4]
    )
    return token, text


def hash_of(text: str) -> str:
    """SHA-256 in hex: the text has 256 random bits, so that a slow hash would add nothing."""
    return hashlib.sha256(text.encode()).hexdigest()


class ApiTokenBackend(ModelBackend):
    """Lets ``authenticate(request, api_token=…)`` find whose token it is."""

    def authenticate(  # type: ignore[override]
        self, request: HttpRequest | None, api_token: str | None = None, **credentials: object
    ) -> User | None:
        if not api_token:
            return None
        found = ApiToken.objects.select_related("user").filter(
            token_hash=hash_of(api_token), user__is_active=True
        )
        if (token := found.first()) is None:
            return None
        now = timezone.now()
        if token.last_used_at is None or now - token.last_used_at > USED_EVERY:
            ApiToken.objects.filter(pk=token.pk).update(last_used_at=now)
        return token.user

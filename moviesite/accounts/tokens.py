"""Personal access tokens for the API: shown once, kept as a hash."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta

from django.contrib.auth.backends import ModelBackend
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from catalog.services.turns import take_turn

from .models import ApiToken, Scope, User

PREFIX = "matinee_"  # lets secret scanners know what they found
SECRET_BYTES = 32
MOST_TOKENS = 20
USED_EVERY = timedelta(minutes=5)  # how exactly the last use is written down


class TooManyTokensError(Exception):
    """The member has as many tokens as there may be."""


def create_token(
    user: User,
    name: str,
    *,
    scope: str = Scope.WRITE,
    expires_at: datetime | None = None,
    ends_with_password: bool = False,
) -> tuple[ApiToken, str]:
    """A new token of ``user`` and its text, which cannot be had a second time.

    Raises TooManyTokensError; what has ended does not count, and goes.
    """
    text = PREFIX + secrets.token_urlsafe(SECRET_BYTES)
    with transaction.atomic():
        take_turn(user.pk)
        mine = ApiToken.objects.filter(user=user)
        mine.filter(expires_at__lte=timezone.now()).delete()
        if mine.count() >= MOST_TOKENS:
            raise TooManyTokensError
        token = ApiToken.objects.create(
            user=user,
            name=name,
            token_hash=hash_of(text),
            hint=text[len(PREFIX) :][:4],
            scope=scope,
            expires_at=expires_at,
            password_digest=hash_of(user.password) if ends_with_password else "",
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
        if (token := found.first()) is None or token.has_ended:
            return None
        if token.password_digest not in ("", hash_of(token.user.password)):
            return None
        now = timezone.now()
        if token.last_used_at is None or now - token.last_used_at > USED_EVERY:
            ApiToken.objects.filter(pk=token.pk).update(last_used_at=now)
        token.user.api_scope = token.scope  # type: ignore[attr-defined]
        return token.user

"""Sensitive actions want a log-in a moment ago; otherwise the member confirms first."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from allauth.account import app_settings
from allauth.account.internal.flows.login import get_authentication_records
from allauth.account.internal.flows.reauthentication import raise_if_reauthentication_required
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.http import HttpRequest

FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


def logged_in_lately(request: HttpRequest) -> bool:
    """Whether this session's member gave a password, code or key within the last minutes."""
    since = time.time() - app_settings.REAUTHENTICATION_TIMEOUT
    return any(record["at"] > since for record in _records(request))


def require_recent_login(request: HttpRequest) -> None:
    """Raise what leads to the page that asks again, and back to what was asked for."""
    raise_if_reauthentication_required(request, app="allauth.account")


def lacks_second_factor(request: HttpRequest) -> bool:
    """Whether the site wants a second factor of its staff, and this member has set up none."""
    if not settings.MATINEE_STAFF_NEEDS_SECOND_FACTOR:
        return False
    factors = Authenticator.objects.filter(user_id=request.user.pk, type__in=FACTORS)
    return not factors.exists()


def second_factor_is_due(request: HttpRequest) -> bool:
    """Whether one is wanted and this session was never shown one."""
    if not settings.MATINEE_STAFF_NEEDS_SECOND_FACTOR:
        return False
    return not any(record["method"] == "mfa" for record in _records(request))


def _records(request: HttpRequest) -> list[Mapping[str, Any]]:
    records: list[Mapping[str, Any]] = get_authentication_records(request, request.user)
    return records

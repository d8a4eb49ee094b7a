"""How often one may try to get into an account: counted by account, by address and by device.

Whatever way a name is written in, or its e-mail address, is one account. A browser in which the
account's member logged in before is a known device: it has a counter of its own, so that nobody
who guesses elsewhere keeps the member out.
"""

from __future__ import annotations

import secrets
from typing import Any

from allauth.account.internal.userkit import filter_users_by_email
from django.conf import settings
from django.http import HttpRequest, HttpResponse

from .look_alikes import look_of
from .models import User

DEVICE_COOKIE = "device"
DEVICE_SALT = "moviesite.accounts.device"
DEVICE_DAYS = 180
MOST_MEMBERS = 5  # of one browser


def named_account(login: str) -> User | None:
    """The account that a name or an e-mail address, written in any case, belongs to."""
    login = login.strip()
    alike = User.objects.filter(name_look=look_of(login), imported=False)
    named = [one for one in alike if one.username.casefold() == login.casefold()]
    if len(named) == 1 or "@" not in login:
        return named[0] if len(named) == 1 else None
    addressed = filter_users_by_email(login, prefer_verified=True, for_login=True)
    return addressed[0] if len(addressed) == 1 else None


def account_of(credentials: dict[str, Any]) -> str:
    """What tries for an account are counted under, whether there is one or not."""
    login = str(credentials.get("username") or credentials.get("email") or "")
    if not login:
        return ""
    account = named_account(login)
    return account.get_username() if account else look_of(login)


def axes_account(request: HttpRequest, credentials: dict[str, Any] | None) -> str:
    """For django-axes, which counts by account and address."""
    return account_of(credentials or {})


def axes_passes(request: HttpRequest, credentials: dict[str, Any] | None = None) -> bool:
    """For django-axes: tokens and known devices have counters of their own."""
    account = account_of(credentials or {})
    return not account or known_device(request, account) is not None


def known_device(request: HttpRequest, account: str) -> str | None:
    """This browser's number, if the account's member logged in here before."""
    number, members = _read(request)
    user = User.objects.filter(username=account).only("pk").first() if members else None
    return number if user is not None and str(user.pk) in members else None


def remember_device(request: HttpRequest, response: HttpResponse, user: User) -> None:
    """Let the browser prove later that ``user`` logged in here."""
    number, members = _read(request)
    others = [one for one in members if one != str(user.pk)]
    value = ":".join(
        [number or secrets.token_urlsafe(12), str(user.pk), *others[: MOST_MEMBERS - 1]]
    )
    response.set_signed_cookie(
        DEVICE_COOKIE,
        value,
        salt=DEVICE_SALT,
        max_age=DEVICE_DAYS * 24 * 3600,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def _read(request: HttpRequest) -> tuple[str, list[str]]:
    cookie = request.get_signed_cookie(
        DEVICE_COOKIE, default="", salt=DEVICE_SALT, max_age=DEVICE_DAYS * 24 * 3600
    )
    number, *members = (cookie or "").split(":")
    return number, members

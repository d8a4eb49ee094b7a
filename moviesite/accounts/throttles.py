"""How often one may try to get into an account: counted by account, by address and by device.

Whatever way a name is written in, or its e-mail address, is one account. A browser in which the
account's member logged in before is a known device: it has a counter of its own, so that nobody
who guesses elsewhere keeps the member out.
"""

from __future__ import annotations

import secrets
from typing import Any

from allauth.account.internal.userkit import filter_users_by_email
from allauth.core.internal.ratelimit import truncate_ip
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import salted_hmac

from catalog.folding import look_of

from .delays import ACCOUNT, ACCOUNT_FROM_ADDRESS, ADDRESS, DEVICE, Turn
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


def turn_of(request: HttpRequest, credentials: dict[str, Any]) -> Turn:
    """A try to log in, as it is counted: a known device has a counter of its own alone."""
    account = account_of(credentials)
    device = known_device(request, account)
    if device is not None:
        return Turn({DEVICE: f"{_digest(account)}.{device}"})
    address = truncate_ip(request.META["REMOTE_ADDR"])
    return Turn(
        {
            ACCOUNT_FROM_ADDRESS: f"{_digest(account)}.{address}",
            ADDRESS: address,
            ACCOUNT: _digest(account),
        }
    )


def forget_tries(account: str) -> None:
    """Of an account from everywhere: its member got in by mail."""
    Turn({ACCOUNT: _digest(account)}).forget()


def _digest(account: str) -> str:
    """What was typed may be a password, and is no text for a key."""
    return salted_hmac(__name__, account, algorithm="sha256").hexdigest()[:32]


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

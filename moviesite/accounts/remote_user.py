"""Log-in by a header that a proxy sets, such as those of Authelia's or Authentik's forward auth.

Nothing of it is believed from whom `MATINEE_TRUSTED_PROXIES` does not name: the middleware of the
proxies takes the headers away before anybody reads them.
"""

from __future__ import annotations

import structlog
from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth.backends import RemoteUserBackend as DjangoBackend
from django.contrib.auth.middleware import RemoteUserMiddleware as DjangoMiddleware
from django.core import checks
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.http import HttpRequest

from catalog.folding import looks_of

from .models import User
from .names import hold

log = structlog.get_logger(__name__)

LONGEST = 150  # a longer name does not fit its column


def _is_anothers(name: str) -> bool:
    """Whether a member has this name, or one that looks like it."""
    if User.objects.filter(username__iexact=name).exists():
        return True
    return User.objects.filter(name_look__in=looks_of(name), imported=False).exists()


class RemoteUserBackend(DjangoBackend):
    """Into the account that the header made, or that an administrator gave the proxy's name.

    Not into one whose user name is the same: whoever signed up first would share it.
    """

    def authenticate(self, request: HttpRequest | None, remote_user: str) -> User | None:  # type: ignore[override]
        name = remote_user.strip()
        if not settings.REMOTE_USER_META or not 0 < len(name) <= LONGEST:
            return None
        user = self._linked(name) or self._newcomer(request, name)
        return user if user is not None and self.user_can_authenticate(user) else None

    def clean_username(self, username: str) -> str:
        """The user name of whom the header names now; the middleware compares it."""
        linked = self._linked(username.strip())
        return linked.username if linked else ""

    def _linked(self, name: str) -> User | None:
        return User.objects.filter(proxy_name__iexact=name).first()

    @transaction.atomic
    def _newcomer(self, request: HttpRequest | None, name: str) -> User | None:
        if not settings.REMOTE_USER_SIGN_UP:
            return None
        hold(name)
        if _is_anothers(name):
            if linked := self._linked(name):  # in the meantime: a browser asks several times
                return linked
            log.warning("remote_user_has_anothers_name")
            return None
        user, made = User.objects.get_or_create(proxy_name=name, defaults={"username": name})
        if made:
            _introduce(user, request)
        return user


def _introduce(user: User, request: HttpRequest | None) -> None:
    """Without a password of its own; the address is the proxy's word, and nobody else's here."""
    user.set_unusable_password()
    sent = request.META if request is not None else {}
    address = sent.get(settings.REMOTE_EMAIL_META or "", "").strip()
    try:
        validate_email(address)
    except ValidationError:
        address = ""
    if address and not EmailAddress.objects.filter(email__iexact=address).exists():
        user.email = address
        EmailAddress.objects.create(user=user, email=address, verified=True, primary=True)
    user.save()


class RemoteUserMiddleware(DjangoMiddleware):
    """Django's own, with the header of the setting; without one it does nothing.

    Who came by it is signed out as soon as the proxy no longer says so. The session is listed among
    the member's, as those of other log-ins are.
    """

    @property
    def header(self) -> str:  # type: ignore[override]
        name: str = settings.REMOTE_USER_META
        return name

    def process_request(self, request: HttpRequest) -> None:
        if not self.header:
            return
        before = request.user.pk
        super().process_request(request)
        if request.user.pk not in (None, before):
            UserSession.objects.create_from_request(request)


@checks.register()
def check_who_sets_the_header(**_: object) -> list[checks.CheckMessage]:
    if not settings.REMOTE_USER_META or settings.MATINEE_TRUSTED_PROXIES:
        return []
    return [
        checks.Error(
            "REMOTE_USER_HEADER is set, and no proxy is named that may set the header.",
            hint="Set MATINEE_TRUSTED_PROXIES to the proxy's address, such as 127.0.0.1.",
            id="matinee.E002",
        )
    ]

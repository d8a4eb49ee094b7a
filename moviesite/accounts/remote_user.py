"""Log-in by a header that a proxy sets, such as those of Authelia's or Authentik's forward auth.

Nothing of it is believed from whom `MATINEE_TRUSTED_PROXIES` does not name: the middleware of the
proxies takes the headers away before anybody reads them.
"""

from __future__ import annotations

from typing import Any

import structlog
from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.auth.backends import RemoteUserBackend as DjangoBackend
from django.contrib.auth.middleware import RemoteUserMiddleware as DjangoMiddleware
from django.core import checks
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.http import HttpRequest

from .look_alikes import looks_of
from .models import User

log = structlog.get_logger(__name__)

CHANGELESS = 150  # a longer name does not fit its column


def _looks_like_another(name: str) -> bool:
    """Whether it would be a new account whose name looks like one that is there."""
    name = name.strip()
    if User.objects.filter(username__iexact=name).exists():
        return False
    return User.objects.filter(name_look__in=looks_of(name), imported=False).exists()


class RemoteUserBackend(DjangoBackend):
    @property
    def create_unknown_user(self) -> bool:  # type: ignore[override]
        """Whether whom the proxy knows becomes a member."""
        wanted: bool = settings.REMOTE_USER_SIGN_UP
        return wanted

    def authenticate(self, request: HttpRequest | None, remote_user: str) -> User | None:  # type: ignore[override]
        if not settings.REMOTE_USER_META or len(remote_user) > CHANGELESS:
            return None
        if _looks_like_another(remote_user):
            log.warning("remote_user_looks_like_another")
            return None
        found: User | None = super().authenticate(request, remote_user)
        return found

    def clean_username(self, username: str) -> str:
        """As the account writes it: names differ by more than capital letters here."""
        there = User.objects.filter(username__iexact=username.strip()).first()
        return there.username if there else username.strip()

    def configure_user(self, request: Any, user: Any, created: bool = True) -> Any:
        if not created:
            return user
        user.set_unusable_password()
        address = request.META.get(settings.REMOTE_EMAIL_META or "", "").strip()
        try:
            validate_email(address)
        except ValidationError:
            address = ""
        if address and not EmailAddress.objects.filter(email__iexact=address).exists():
            user.email = address
            EmailAddress.objects.create(user=user, email=address, verified=True, primary=True)
        user.save()
        return user


class RemoteUserMiddleware(DjangoMiddleware):
    """Django's own, with the header of the setting; without one it does nothing.

    Who came by it is signed out as soon as the proxy no longer says so.
    """

    @property
    def header(self) -> str:  # type: ignore[override]
        name: str = settings.REMOTE_USER_META
        return name

    def process_request(self, request: HttpRequest) -> None:
        if self.header:
            super().process_request(request)


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

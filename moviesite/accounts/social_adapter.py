"""Members who come by another provider."""

from __future__ import annotations

from typing import Any

from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialApp, SocialLogin
from allauth.socialaccount.providers.base import Provider, ProviderAccount
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.db import transaction
from django.http import HttpRequest

from .sign_up import LET_IN, may_sign_up, take_invitation


def _knows_us(login: SocialLogin) -> bool:
    """Whether it is the provider of those who run the site, whose people are all members."""
    return settings.OIDC_SIGN_UP and login.account.provider == "oidc"


class GoneProvider(Provider):
    """A provider that the site no longer knows: its accounts can be seen and removed."""

    account_class = ProviderAccount

    def __init__(self, request: HttpRequest, app: SocialApp) -> None:
        super().__init__(request, app)
        self.id = self.name = app.provider


class SocialAccountAdapter(DefaultSocialAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        return _knows_us(sociallogin) or may_sign_up(request)

    def get_provider(
        self, request: HttpRequest, provider: str, client_id: str | None = None
    ) -> Any:
        """Where members part with accounts, also one that is no longer configured."""
        try:
            return super().get_provider(request, provider, client_id)
        except (SocialApp.DoesNotExist, ImproperlyConfigured):
            match = request.resolver_match if request else None
            if match is None or match.view_name != "socialaccount_connections":
                raise
            return GoneProvider(request, SocialApp(provider=provider))

    def save_user(self, request: HttpRequest, sociallogin: SocialLogin, form: Any = None) -> Any:
        """With the account, one use of an invitation, where one is needed."""
        with transaction.atomic():
            if not _knows_us(sociallogin) and not take_invitation(request):
                raise PermissionDenied("The invitation was used up in the meantime.")
            request.META[LET_IN] = True  # the account's own adapter asks for none again
            return super().save_user(request, sociallogin, form)

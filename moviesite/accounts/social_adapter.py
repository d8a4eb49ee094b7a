"""Members who come by another provider."""

from __future__ import annotations

from typing import Any

from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialLogin
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest

from .door import LET_IN, may_sign_up, take_invitation


def _knows_us(login: SocialLogin) -> bool:
    """Whether it is the provider of those who run the site, whose people are all members."""
    return settings.OIDC_SIGN_UP and login.account.provider == "oidc"


class SocialAccountAdapter(DefaultSocialAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        return _knows_us(sociallogin) or may_sign_up(request)

    def save_user(self, request: HttpRequest, sociallogin: SocialLogin, form: Any = None) -> Any:
        """With the account, one use of an invitation, where one is needed."""
        with transaction.atomic():
            if not _knows_us(sociallogin) and not take_invitation(request):
                raise PermissionDenied("The invitation was used up in the meantime.")
            request.META[LET_IN] = True  # the account's own adapter asks for none again
            return super().save_user(request, sociallogin, form)

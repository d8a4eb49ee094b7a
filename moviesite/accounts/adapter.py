"""What allauth asks the site about its accounts."""

from __future__ import annotations

from smtplib import SMTPException
from typing import Any

import structlog
from allauth.account.adapter import DefaultAccountAdapter
from django.contrib.auth.base_user import AbstractBaseUser

from .recent_login import logged_in_lately

log = structlog.get_logger(__name__)


class AccountAdapter(DefaultAccountAdapter):
    """allauth's own, with the rules of this site."""

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """A log-in a moment ago serves as well as having been asked again."""
        if logged_in_lately(self.request):
            return False
        required: bool = super().is_reauthentication_required(app=app, **kwargs)
        return required

    def send_notification_mail(
        self,
        template_prefix: str,
        user: AbstractBaseUser,
        context: dict[str, Any] | None = None,
        email: str | None = None,
    ) -> None:
        """Tell the owner what was done; where no mail can be sent, it is done all the same."""
        address = email or _address_of(user)
        try:
            super().send_notification_mail(template_prefix, user, context, address)
        except (OSError, SMTPException) as error:
            log.error("owner_not_told", mail=template_prefix, user=user.pk, error=repr(error))


def _address_of(user: AbstractBaseUser) -> str | None:
    """The confirmed address; an account that no form made may have none but the one in its row."""
    from allauth.account.models import EmailAddress

    primary: str | None = EmailAddress.objects.get_primary_email(user)
    return primary or getattr(user, "email", None)

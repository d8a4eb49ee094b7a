"""What allauth asks the site about its accounts: also how an address is confirmed without mail."""

from __future__ import annotations

from typing import Any

import structlog
from allauth.core import ratelimit
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.hashers import make_password
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils.translation import ngettext

from moviesite.unsent_mail import MailAwayError, mail_goes_out

from .named_mails import NamedMails
from .recent_login import logged_in_lately
from .sign_up import may_sign_up, take_invitation
from .throttles import account_of, forget_tries, remember_device, turn_of

log = structlog.get_logger(__name__)


def sends_mail() -> bool:
    """Whether the site has a mail server; without ``EMAIL_URL`` it has none."""
    return mail_goes_out()


class AccountAdapter(NamedMails):
    """allauth's own, with the rules of this site."""

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Too many wrong ones wait longer and longer: by account, by address, by device."""
        self._turn = turn_of(request, credentials)
        if wait := self._turn.take():
            log.warning("log_in_slowed_down", seconds=wait)
            raise ValidationError(
                ngettext(
                    "There were many wrong tries: wait %(count)d second before the next one.",
                    "There were many wrong tries: wait %(count)d seconds before the next one.",
                    wait,
                )
                % {"count": wait},
                code="too_many_login_attempts",
            )

    def _rollback_login_failed_rl_usage(self) -> None:
        """allauth calls this where the password was the right one."""
        self._turn.give_back()

    def _delete_login_attempts_cached_email(self, request: HttpRequest, **credentials: Any) -> None:
        """And this where somebody set a new one by a link in a mail."""
        forget_tries(account_of(credentials))

    def post_login(
        self, request: HttpRequest, user: AbstractBaseUser, **kwargs: Any
    ) -> HttpResponse:
        answer: HttpResponse = super().post_login(request, user, **kwargs)
        remember_device(request, answer, user)  # type: ignore[arg-type]
        return answer

    def send_account_already_exists_mail(self, email: str) -> None:
        """Who signs up with another's address waits as long as for an account of their own."""
        make_password(email)
        super().send_account_already_exists_mail(email)

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return may_sign_up(request)

    def save_user(self, request: HttpRequest, user: Any, form: Any, commit: bool = True) -> Any:
        """With the account, one use of the invitation: both, or neither."""
        with transaction.atomic():
            if not take_invitation(request):
                raise PermissionDenied("The invitation was used up in the meantime.")
            return super().save_user(request, user, form, commit)

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """A log-in a moment ago serves as well as having been asked again."""
        if logged_in_lately(self.request):
            return False
        required: bool = super().is_reauthentication_required(app=app, **kwargs)
        return required

    def send_confirmation_mail(
        self, request: HttpRequest, emailconfirmation: Any, signup: bool
    ) -> None:
        """In a local run the link stands on its member's page: who runs the site has it anyway."""
        address = emailconfirmation.email_address
        try:
            super().send_confirmation_mail(request, emailconfirmation, signup)
        except MailAwayError:
            key = address.email.lower()  # allauth counts what was to be sent, not what was
            ratelimit.clear(request, action="confirm_email", key=key)
            raise
        if settings.LOCAL and not sends_mail() and request.user == address.user:
            link = self.get_email_confirmation_url(request, emailconfirmation)
            request.session["confirm_here"] = {"email": address.email, "link": link}

    def confirm_email(self, request: HttpRequest, email_address: Any) -> bool:
        request.session.pop("confirm_here", None)
        confirmed: bool = super().confirm_email(request, email_address)
        return confirmed

    def add_message(
        self,
        request: HttpRequest,
        level: int,
        message_template: str | None = None,
        message_context: dict[str, object] | None = None,
        **kwargs: Any,
    ) -> None:
        """The templates of messages know whether mail is sent at all."""
        known = {**(message_context or {}), "no_mail": not sends_mail()}
        super().add_message(request, level, message_template, known, **kwargs)

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
        except MailAwayError as error:
            reason = repr(error.__cause__)
            log.error("owner_not_told", mail=template_prefix, user=user.pk, error=reason)


def _address_of(user: AbstractBaseUser) -> str | None:
    """The confirmed address; an account that no form made may have none but the one in its row."""
    from allauth.account.models import EmailAddress

    primary: str | None = EmailAddress.objects.get_primary_email(user)
    return primary or getattr(user, "email", None)

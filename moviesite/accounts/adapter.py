"""What allauth asks the site for: how addresses are confirmed where no mail is sent."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.http import HttpRequest

CONSOLE = "django.core.mail.backends.console.EmailBackend"


def sends_mail() -> bool:
    """Whether the site has a mail server: without ``EMAIL_URL`` mail is printed in the terminal."""
    return settings.EMAIL_BACKEND != CONSOLE


class AccountAdapter(DefaultAccountAdapter):
    """In a local run the link that confirms an address stands on the page of its member.

    Whoever runs the site locally reads the same link in the terminal.
    """

    def send_confirmation_mail(
        self, request: HttpRequest, emailconfirmation: Any, signup: bool
    ) -> None:
        super().send_confirmation_mail(request, emailconfirmation, signup)
        address = emailconfirmation.email_address
        if settings.LOCAL and not sends_mail() and request.user == address.user:
            link = self.get_email_confirmation_url(request, emailconfirmation)
            request.session["confirm_here"] = {"email": address.email, "link": link}

    def add_message(
        self,
        request: HttpRequest,
        level: int,
        message_template: str | None = None,
        message_context: dict[str, object] | None = None,
        **kwargs: Any,
    ) -> None:
        known = {**(message_context or {}), "no_mail": not sends_mail()}
        super().add_message(request, level, message_template, known, **kwargs)

    def confirm_email(self, request: HttpRequest, email_address: Any) -> bool:
        request.session.pop("confirm_here", None)
        return super().confirm_email(request, email_address)

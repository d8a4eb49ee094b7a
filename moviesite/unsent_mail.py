"""A public site without a mail server: what it would send goes nowhere, least of all into a log."""

from __future__ import annotations

from collections.abc import Sequence

import structlog
from django.conf import settings
from django.core import checks
from django.core.mail import EmailMessage
from django.core.mail.backends.dummy import EmailBackend as Dummy

UNSENT = "moviesite.unsent_mail.UnsentMail"
# They would write links that open accounts where others may read them.
TELLTALE = "django.core.mail.backends.console.EmailBackend"
GOES_NOWHERE = {UNSENT, TELLTALE, "django.core.mail.backends.dummy.EmailBackend"}

log = structlog.get_logger(__name__)


class MailAwayError(Exception):
    """The mail server does not answer, or refuses: what was asked for may be asked for later."""


class UnsentMail(Dummy):
    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        messages = list(email_messages)
        log.error("mail_not_sent", count=len(messages), hint="Set EMAIL_URL to a mail server.")
        return len(messages)


def mail_goes_out() -> bool:
    return settings.EMAIL_BACKEND not in GOES_NOWHERE


@checks.register(deploy=True)
def check_mail(**_: object) -> list[checks.CheckMessage]:
    if mail_goes_out():
        return []
    return [
        checks.Error(
            "No mail is sent: nobody can confirm an address or get a new password.",
            hint="Set EMAIL_URL, such as smtp+tls://user:password@host:587.",
            id="matinee.E001",
        )
    ]

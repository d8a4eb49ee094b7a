"""Mail: whether it goes out, and by what."""

from __future__ import annotations

from email.utils import parseaddr
from smtplib import SMTPException

from django.conf import settings
from django.core.mail import get_connection
from django.utils.translation import gettext as _

from moviesite.unsent_mail import mail_goes_out

from .diagnosis import Findings, hint, ok, wrong

SMTP = "django.core.mail.backends.smtp.EmailBackend"
SECONDS = 5


def sending() -> Findings:
    """Whether mail is sent at all, and from whom it comes."""
    subject = _("Outgoing mail")
    if not mail_goes_out():
        if settings.LOCAL:
            yield ok(subject, _("It is shown in the terminal: this is a local run."))
        else:
            yield wrong(
                subject,
                _("None is sent: nobody can confirm an address or get a new password."),
                _("Set EMAIL_URL, such as smtp+tls://user:password@host:587"),
            )
        return
    sender = parseaddr(settings.DEFAULT_FROM_EMAIL)[1]
    if sender.endswith("@localhost") and not settings.LOCAL:
        yield hint(
            subject,
            _("The sender is %(sender)s, which other servers turn down.") % {"sender": sender},
            _("Set DEFAULT_FROM_EMAIL to an address of your domain."),
        )
    else:
        yield ok(subject, _("The sender is %(sender)s.") % {"sender": sender})


def server() -> Findings:
    if settings.EMAIL_BACKEND != SMTP:
        return
    subject = _("Mail server")
    port = settings.EMAIL_PORT
    where = f"{settings.EMAIL_HOST}:{port}" if port else settings.EMAIL_HOST
    connection = get_connection(timeout=SECONDS)
    try:
        connection.open()
    except (OSError, SMTPException) as error:
        yield wrong(
            subject,
            _("%(server)s does not take us: ") % {"server": where} + str(error),
            _("Look at EMAIL_URL: host, port, +tls or +ssl, user and password."),
        )
    else:
        yield ok(subject, _("%(server)s lets us in.") % {"server": where})
    finally:
        connection.close()

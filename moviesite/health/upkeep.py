"""What is looked at every few minutes rather than for each question."""

from __future__ import annotations

from smtplib import SMTPException

from django.core.mail import get_connection
from django.utils import timezone

from moviesite.health import backups, heartbeats
from moviesite.health.models import CacheEntry

MAIL_SECONDS = 10


def look_after_site() -> None:
    try_mail()
    backups.note_newest()
    CacheEntry.objects.filter(expires__lt=timezone.now()).delete()


def try_mail() -> None:
    """Shake hands with the mail server; no mail is sent."""
    problem = ""
    try:
        connection = get_connection(timeout=MAIL_SECONDS)
        connection.open()
        connection.close()
    except (OSError, SMTPException) as error:
        problem = repr(error)
    heartbeats.tell(heartbeats.MAIL, problem)

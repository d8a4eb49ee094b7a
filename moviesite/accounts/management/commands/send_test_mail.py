"""``manage.py send_test_mail``: whether mail goes out, and what its server says."""

from __future__ import annotations

from argparse import ArgumentParser
from smtplib import SMTPException
from typing import Any

from django.conf import settings
from django.core.mail import send_mail
from django.core.management.base import BaseCommand, CommandError

from moviesite.unsent_mail import mail_goes_out


class Command(BaseCommand):
    help = "Send one mail, and say how it went."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("address")

    def handle(self, *args: Any, address: str, **options: Any) -> None:
        if not mail_goes_out() and not settings.LOCAL:
            raise CommandError("No mail server is set: see EMAIL_URL in docs/operating.md.")
        subject = f"[{settings.SITE_NAME}] Test"
        text = f"{settings.SITE_NAME} can send mail.\n\n{settings.MATINEE_URL}".strip()
        try:
            send_mail(subject, text, None, [address])
        except (OSError, SMTPException, ValueError) as error:
            raise CommandError(f"It was not taken: {error}") from error
        self.stdout.write(f"Sent to {address}, from {settings.DEFAULT_FROM_EMAIL}.")

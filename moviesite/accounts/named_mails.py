"""Mails speak of the site by its own name, not by what an asker wrote into ``Host``."""

from __future__ import annotations

from dataclasses import dataclass
from smtplib import SMTPException
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context as current
from django.conf import settings

from moviesite.unsent_mail import MailAwayError


@dataclass(frozen=True)
class NamedSite:
    """What the templates of mails know as ``current_site``."""

    name: str
    domain: str


class NamedMails(DefaultAccountAdapter):
    def format_email_subject(self, subject: str) -> str:
        return f"[{settings.SITE_NAME}] {subject}"

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        host = settings.PUBLIC_ADDRESS.host or current.request.get_host()
        site = NamedSite(name=settings.SITE_NAME, domain=host)
        try:
            super().send_mail(template_prefix, email, {"current_site": site, **context})
        except (OSError, SMTPException) as error:
            raise MailAwayError(template_prefix) from error

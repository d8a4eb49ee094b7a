"""Mails that tell a member what a moderator did, where mail is configured."""

from __future__ import annotations

from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _

from catalog.models import Takedown

from .member_language import in_language_of

UNCONFIGURED = (
    "django.core.mail.backends.console.EmailBackend",
    "django.core.mail.backends.dummy.EmailBackend",
    "moviesite.unsent_mail.UnsentMail",
)


def mail_takedown(takedown_id: int) -> bool:
    """Tell the member of a takedown, or of the answer to a review, once. Whether a mail went."""
    if settings.EMAIL_BACKEND in UNCONFIGURED:
        return False
    with transaction.atomic():
        takedown = (
            Takedown.objects.select_for_update(of=("self",))
            .select_related("member", "list")
            .filter(pk=takedown_id, mailed_at__isnull=True)
            .first()
        )
        if takedown is None or not takedown.member.email:
            return False
        takedown.mailed_at = timezone.now()
        takedown.save(update_fields=["mailed_at"])
        with in_language_of(takedown.member_id):
            subject = _subject(takedown) % {"site": settings.SITE_NAME}
            text = render_to_string("catalog/takedown_mail.txt", {"takedown": takedown}).strip()
        # Within the transaction: a mail that cannot be sent is tried again.
        send_mail(subject, text, None, [takedown.member.email])
    return True


def _subject(takedown: Takedown) -> str:
    if takedown.lifted_at:
        return _("%(site)s: a takedown was lifted")
    if takedown.answered_at:
        return _("%(site)s: your request for a review was answered")
    return _("%(site)s: a moderator took something of yours down")

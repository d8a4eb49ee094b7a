"""The daily mail: what was told since the last one, to those who chose it."""

from __future__ import annotations

from datetime import timedelta

from allauth.account.models import EmailAddress
from django.conf import settings
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _

from catalog.models import Notice, NoticeChoices
from catalog.queries.films_by_key import name_films_among
from catalog.rendering.notice_words import address_of, in_words
from catalog.services.member_language import in_language_of
from catalog.services.moderation_mail import UNCONFIGURED

from .addresses import full_address

EVERY = timedelta(hours=20)  # a mail a day, whatever the minute of the task
MOST_NOTICES = 50


def mail_digests() -> int:
    """Send what is due. Returns how many mails went."""
    if settings.EMAIL_BACKEND in UNCONFIGURED:
        return 0
    due = NoticeChoices.objects.exclude(mailed=[]).filter(
        mailed_at__lt=timezone.now() - EVERY, user__is_active=True
    )
    return sum(_mail(choices) for choices in due.select_related("user"))


def _mail(choices: NoticeChoices) -> bool:
    now = timezone.now()
    notices = list(
        Notice.objects.filter(
            user_id=choices.user_id,
            kind__in=choices.mailed,
            made_at__gt=choices.mailed_at,
            made_at__lte=now,
        ).select_related("movie", "other")[:MOST_NOTICES]
    )
    # Whether the mail goes or fails: what is told late is not told twice.
    NoticeChoices.objects.filter(pk=choices.pk).update(mailed_at=now)
    email = EmailAddress.objects.get_primary(choices.user)
    if not notices or email is None or not email.verified:
        return False
    with in_language_of(choices.user_id):
        name_films_among(notices)
        lines = [(in_words(one), full_address(address_of(one))) for one in notices]
        subject = _("%(site)s: what is new for you") % {"site": settings.SITE_NAME}
        text = render_to_string("catalog/notice_mail.txt", {"lines": lines}).strip()
    send_mail(subject, text, None, [email.email], fail_silently=False)
    return True

"""In which language mails, feeds and messages speak to a member."""

from __future__ import annotations

from django.conf import settings
from django.utils import translation

from catalog.models import MemberLanguage


def keep_language(user_id: int, language: str) -> None:
    """What the member chose."""
    MemberLanguage.objects.update_or_create(user_id=user_id, defaults={"language": language})


def note_language(user_id: int) -> None:
    """The language in force, for a member of whom none is known."""
    language = translation.get_language() or settings.LANGUAGE_CODE
    MemberLanguage.objects.bulk_create(
        [MemberLanguage(user_id=user_id, language=language)], ignore_conflicts=True
    )


def in_language_of(user_id: int) -> translation.override:
    """The member's language is in force inside; the site's own where none is known."""
    known = MemberLanguage.objects.filter(user_id=user_id).values_list("language", flat=True)
    language = known.first()
    spoken = dict(settings.LANGUAGES)
    return translation.override(language if language in spoken else settings.LANGUAGE_CODE)

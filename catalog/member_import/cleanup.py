"""Periodic cleanup of imports: lost ones are sent again, abandoned ones removed."""

from datetime import timedelta

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from catalog.models import ImportRow, MemberImport
from catalog.models.member_import import WORKING, ImportState

from .request import deliver

RESEND_AFTER = timedelta(seconds=50)
PREVIEW_DAYS = 7
UNDO_DAYS = 30


def clean_up() -> None:
    """Send lost imports again, and remove old ones. Any number of these may run at once."""
    now = timezone.now()
    lost = Q(sent_at=None) | Q(sent_at__lt=now - RESEND_AFTER)
    for key in MemberImport.objects.filter(lost, state__in=WORKING).values_list("pk", flat=True):
        deliver(key)
    MemberImport.objects.filter(
        state__in=[ImportState.PREVIEW, ImportState.REFUSED],
        changed_at__lt=now - timedelta(days=PREVIEW_DAYS),
    ).delete()
    old = now - timedelta(days=UNDO_DAYS)
    # What still waits for films is kept whole, so that all of it can be undone together.
    waits = Exists(ImportRow.objects.filter(member_import=OuterRef("pk"), outcome="waiting"))
    MemberImport.objects.filter(
        ~Q(waits), state__in=[ImportState.APPLIED, ImportState.UNDONE], changed_at__lt=old
    ).delete()

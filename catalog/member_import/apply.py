"""Applying an import: what the preview promised, and what has changed since is looked at anew."""

from django.utils import timezone

from catalog.models import MemberImport
from catalog.services import backed_up_settings
from catalog.services.imported_rows import write


def apply(job: MemberImport) -> None:
    """Must be called inside a transaction that holds the import's row."""
    job.applied_at = timezone.now()
    write(job, job.applied_at)
    preferences = job.report.get("preferences")
    if preferences:
        before = backed_up_settings.restore(job.user_id, preferences)
        job.result["preferences_taken"] = before is not None
        job.result["preferences_before"] = before

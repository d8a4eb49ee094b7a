"""The Celery worker's side of an import: each step in one transaction.

The import's row is locked meanwhile. A message that comes twice finds it locked or done, and a
worker that dies leaves everything as it was, for the sweep to send again.
"""

from collections.abc import Callable
from functools import partial

import structlog
from django.db import transaction
from django.utils import timezone

from catalog.models import MemberImport
from catalog.models.member_import import WORKING, ImportState

from .apply import apply
from .formats.records import FileRefusedError
from .match import match, suggest
from .outcomes import settle
from .progress import forget, tell
from .read import read
from .store import store_rows
from .undo import undo_import

log = structlog.get_logger(__name__)

MOST_ATTEMPTS = 3
# Where an import goes whose step failed again and again.
GIVEN_UP = {
    ImportState.READING: ImportState.REFUSED,
    ImportState.APPLYING: ImportState.PREVIEW,
    ImportState.UNDOING: ImportState.APPLIED,
}


def work(import_id: int) -> None:
    """Do the step that an import waits for; nothing, if there is none or somebody is at it."""
    if not _begin(import_id):
        return
    with transaction.atomic():
        job = _locked(import_id)
        if job is not None:
            state = job.state
            STEPS[state](job)
            job.changed_at = timezone.now()
            job.save()
            log.info("import_step_done", member_import=job.pk, step=state, state=job.state)
    forget(import_id)


def _locked(import_id: int) -> MemberImport | None:
    waiting = MemberImport.objects.filter(pk=import_id, state__in=WORKING)
    return waiting.select_for_update(skip_locked=True).first()


def _begin(import_id: int) -> bool:
    """Count the attempt, in a transaction that stays whatever becomes of it."""
    with transaction.atomic():
        job = _locked(import_id)
        if job is None:
            return False
        if job.attempts >= MOST_ATTEMPTS:
            _give_up(job)
            return False
        job.attempts += 1
        job.save(update_fields=["attempts"])
    return True


def _give_up(job: MemberImport) -> None:
    log.error("import_given_up", member_import=job.pk, step=job.state)
    job.state = GIVEN_UP[ImportState(job.state)]
    job.changed_at = timezone.now()
    job.report["trouble"] = True
    if job.state == ImportState.REFUSED:
        _refuse(job, FileRefusedError("gave-up"))
    job.save()


def _read(job: MemberImport) -> None:
    tell(job.pk, "reading")
    try:
        reading = read(job.file_name, bytes(job.content or b""))
    except FileRefusedError as error:
        _refuse(job, error)
        return
    job.report = reading.as_json()
    tell(job.pk, "storing")
    store_rows(job, reading)
    tell(job.pk, "matching")
    match(job)
    suggest(job, partial(tell, job.pk, "suggesting"))
    settle(job)
    job.content = None
    job.state = ImportState.PREVIEW


def _refuse(job: MemberImport, error: FileRefusedError) -> None:
    job.report = {"refusal": {"code": error.code, "values": error.values}}
    job.content = None
    job.state = ImportState.REFUSED


def _apply(job: MemberImport) -> None:
    tell(job.pk, "applying")
    apply(job)
    job.state = ImportState.APPLIED


def _undo(job: MemberImport) -> None:
    tell(job.pk, "undoing")
    undo_import(job)
    job.state = ImportState.UNDONE


STEPS: dict[str, Callable[[MemberImport], None]] = {
    ImportState.READING: _read,
    ImportState.APPLYING: _apply,
    ImportState.UNDOING: _undo,
}

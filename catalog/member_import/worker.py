"""The Celery worker's side of an import: each step in one transaction.

A message that comes twice finds a lock taken or the step done, and a worker that dies leaves
everything as it was, for the sweep to send again. A file is read before the transaction: as long
as that takes, nothing in the database waits for it.
"""

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial

import structlog
from django.db import connection, transaction
from django.utils import timezone

from catalog.models import MemberImport, NoticeKind
from catalog.models.member_import import WORKING, ImportState
from catalog.services import notices
from catalog.services.imported_rows import hold_account, settle

from .apply import apply
from .bounded_read import BoundedReading, read_bounded
from .formats.records import FileRefusedError
from .match import match, suggest
from .progress import forget, tell
from .store import replace_rows
from .undo import undo_import

log = structlog.get_logger(__name__)

MOST_ATTEMPTS = 3
WORK_LOCK = 0x4D41_5752
# Where an import goes whose step failed again and again.
GIVEN_UP = {
    ImportState.READING: ImportState.REFUSED,
    ImportState.APPLYING: ImportState.PREVIEW,
    ImportState.UNDOING: ImportState.APPLIED,
}


def work(import_id: int) -> None:
    """Do the step that an import waits for; nothing, if there is none or somebody is at it."""
    with _alone(import_id) as is_alone:
        if is_alone and (state := _begin(import_id)):
            if state == ImportState.READING:
                _read_and_match(import_id)
            else:
                _step(import_id, STEPS[state])
            forget(import_id)


@contextmanager
def _alone(import_id: int) -> Iterator[bool]:
    """Whether nobody else is at this import: a lock that goes with its connection."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [WORK_LOCK, import_id % 2**31])
        is_alone = bool(cursor.fetchone()[0])
    try:
        yield is_alone
    finally:
        if is_alone:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [WORK_LOCK, import_id % 2**31])


def _step(import_id: int, do: Callable[[MemberImport], None]) -> None:
    with transaction.atomic():
        job = _locked(import_id)
        if job is not None:
            state = job.state
            do(job)
            job.changed_at = timezone.now()
            job.save()
            log.info("import_step_done", member_import=job.pk, step=state, state=job.state)


def _locked(import_id: int) -> MemberImport | None:
    """The import, if something is to be done, after its member's account."""
    waiting = MemberImport.objects.filter(pk=import_id, state__in=WORKING)
    user_id = waiting.values_list("user_id", flat=True).first()
    if user_id is None:
        return None
    hold_account(user_id)
    return waiting.select_for_update(skip_locked=True, of=("self",)).first()


def _begin(import_id: int) -> str | None:
    """The step to be done. Counts the attempt, in a transaction that stays whatever comes."""
    with transaction.atomic():
        job = _locked(import_id)
        if job is None:
            return None
        if job.attempts >= MOST_ATTEMPTS:
            _give_up(job)
            return None
        job.attempts += 1
        job.save(update_fields=["attempts"])
        return job.state


def _give_up(job: MemberImport) -> None:
    log.error("import_given_up", member_import=job.pk, step=job.state)
    job.state = GIVEN_UP[ImportState(job.state)]
    job.changed_at = timezone.now()
    job.report["trouble"] = True
    if job.state == ImportState.REFUSED:
        _refuse(job, FileRefusedError("gave-up"))
    job.save()


def _read_and_match(import_id: int) -> None:
    job = MemberImport.objects.get(pk=import_id)
    tell(job.pk, "reading")
    with tempfile.TemporaryFile() as rows:
        try:
            reading = read_bounded(job, rows)
        except FileRefusedError as error:
            _step(import_id, partial(_refuse, error=error))
        else:
            _step(import_id, partial(_match, reading=reading))


def _match(job: MemberImport, reading: BoundedReading) -> None:
    job.source, job.report = reading.source, reading.report
    tell(job.pk, "storing")
    replace_rows(job, reading.rows, reading.lists)
    tell(job.pk, "matching")
    match(job)
    suggest(job, partial(tell, job.pk, "suggesting"))
    settle(job)
    with connection.cursor() as cursor:  # applying joins by outcomes, which were all one before
        cursor.execute("ANALYZE catalog_importrow")
    if not job.report["questions"]:
        job.pieces.all().delete()
    job.state = ImportState.PREVIEW


def _refuse(job: MemberImport, error: FileRefusedError) -> None:
    job.report = {"refusal": {"code": error.code, "values": error.values}}
    job.pieces.all().delete()
    job.state = ImportState.REFUSED


def _apply(job: MemberImport) -> None:
    tell(job.pk, "applying")
    apply(job)
    job.pieces.all().delete()
    job.state = ImportState.APPLIED
    notices.tell(
        job.user_id,
        NoticeKind.IMPORT_DONE,
        f"import-{job.pk}",
        subject=job.file_name,
        address=job.get_absolute_url(),
    )


def _undo(job: MemberImport) -> None:
    tell(job.pk, "undoing")
    undo_import(job)
    job.state = ImportState.UNDONE


STEPS: dict[str, Callable[[MemberImport], None]] = {
    ImportState.APPLYING: _apply,
    ImportState.UNDOING: _undo,
}

"""Requests to an import: each changes its state, and a Celery worker does the rest."""

from django.db import transaction
from django.utils import timezone

from catalog.broker import send
from catalog.models import MemberImport
from catalog.models.member_import import WORKING, ConflictRule, ImportState

from .formats.records import MOST_BYTES, FileRefusedError
from .read import recognise
from .undo import later_import

WORK_TASK = "catalog.tasks.work_on_import"
MOST_OPEN = 3
MOST_KEPT = 50


class TooManyImportsError(Exception):
    """The member has to decide on other imports first, or (``kept``) has had many of late."""

    def __init__(self, user_id: int, *, kept: bool) -> None:
        super().__init__(f"user {user_id} has too many imports {'kept' if kept else 'open'}")
        self.kept = kept


class UndoneFirstError(Exception):
    """A later import of the same films has to be undone before this one."""

    def __init__(self, later: MemberImport) -> None:
        super().__init__(f"{later} has to be undone first")
        self.later = later


def begin(*, user_id: int, file_name: str, content: bytes) -> MemberImport:
    """Keep an uploaded file and have it read.

    Raises
    ------
    FileRefusedError
        When it is plain from its beginning that nothing will come of it.
    TooManyImportsError
        When the member has MOST_OPEN imports that are not decided upon, or MOST_KEPT in all.
    """
    if len(content) > MOST_BYTES:
        raise FileRefusedError("too-big")
    source = recognise(file_name, content)[0][1].source
    mine = MemberImport.objects.filter(user_id=user_id)
    if mine.count() >= MOST_KEPT:
        raise TooManyImportsError(user_id, kept=True)
    if mine.filter(state__in=[*WORKING, ImportState.PREVIEW]).count() >= MOST_OPEN:
        raise TooManyImportsError(user_id, kept=False)
    with transaction.atomic():
        job = MemberImport.objects.create(
            user_id=user_id, source=source, file_name=file_name[-200:], content=content
        )
        transaction.on_commit(lambda: deliver(job.pk))
    return job


def ask_apply(job: MemberImport, rule: str) -> bool:
    """Have the previewed import written. False when it is not waiting for that."""
    if rule in ConflictRule.values:
        set_rule(job, rule)
    return _change(job, ImportState.PREVIEW, ImportState.APPLYING)


def ask_undo(job: MemberImport) -> bool:
    """Have an import taken back. Raises UndoneFirstError where a later one stands upon it."""
    if job.state == ImportState.APPLIED and (later := later_import(job)):
        raise UndoneFirstError(later)
    return _change(job, ImportState.APPLIED, ImportState.UNDOING)


def set_rule(job: MemberImport, rule: str) -> None:
    """Whose stars count where both have some, unless a row says otherwise."""
    if rule not in ConflictRule.values:
        raise ValueError(f"rule must be one of {ConflictRule.values}, got {rule!r}")
    MemberImport.objects.filter(pk=job.pk, state=ImportState.PREVIEW).update(on_conflict=rule)


def discard(job: MemberImport) -> bool:
    """Remove an import that has changed nothing, or nothing any more."""
    idle = (ImportState.PREVIEW, ImportState.REFUSED, ImportState.UNDONE)
    deleted, _ = MemberImport.objects.filter(pk=job.pk, state__in=idle).delete()
    return bool(deleted)


def deliver(import_id: int) -> None:
    """Tell the workers. Repeating it does no harm, and what is lost the sweep repeats.

    The time is noted first: afterwards a worker may hold the row locked until it is done.
    """
    MemberImport.objects.filter(pk=import_id).update(sent_at=timezone.now())
    send(WORK_TASK, import_id)


def _change(job: MemberImport, before: str, after: str) -> bool:
    with transaction.atomic():
        changed = MemberImport.objects.filter(pk=job.pk, state=before).update(
            state=after, changed_at=timezone.now(), sent_at=None, attempts=0
        )
        if changed:
            transaction.on_commit(lambda: deliver(job.pk))
    return bool(changed)

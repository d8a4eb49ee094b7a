"""Requests to an import: each changes its state, and a Celery worker does the rest."""

from collections.abc import Iterable, Iterator, Mapping

import structlog
from django.contrib.auth import get_user_model
from django.core.cache import cache
from django.db import transaction
from django.utils import timezone
from redis.exceptions import RedisError

from catalog.broker import send
from catalog.models import ImportPiece, ImportRow, MemberImport
from catalog.models.import_row import RowOutcome
from catalog.models.member_import import WORKING, ConflictRule, ImportState

from .formats.records import MOST_BYTES, FileRefusedError
from .undo import later_import

log = structlog.get_logger(__name__)

WORK_TASK = "catalog.tasks.work_on_import"
MOST_OPEN = 3
MOST_KEPT = 50
UPLOADS_AN_HOUR = 60
PIECE_BYTES = 1024 * 1024


class TooManyImportsError(Exception):
    """The member has to decide on other imports first, or (``kept``) has had many of late."""

    def __init__(self, user_id: int, *, kept: bool) -> None:
        super().__init__(f"user {user_id} has too many imports {'kept' if kept else 'open'}")
        self.kept = kept


class TooManyUploadsError(Exception):
    """The member has uploaded UPLOADS_AN_HOUR files within an hour."""


class UndoneFirstError(Exception):
    """A later import of the same films has to be undone before this one."""

    def __init__(self, later: MemberImport) -> None:
        super().__init__(f"{later} has to be undone first")
        self.later = later


def begin(*, user_id: int, file_name: str, content: bytes | Iterable[bytes]) -> MemberImport:
    """Keep an uploaded file and have it read; nobody looks into it here.

    Raises
    ------
    FileRefusedError
        When it is empty or too big.
    TooManyImportsError
        When the member has MOST_OPEN imports that are not decided upon, or MOST_KEPT in all.
    TooManyUploadsError
        When it is the next one after UPLOADS_AN_HOUR within an hour.
    """
    _throttle(user_id)
    with transaction.atomic():
        # One at a time for each member, so that two requests cannot both be the last one.
        get_user_model().objects.select_for_update(no_key=True).get(pk=user_id)
        mine = MemberImport.objects.filter(user_id=user_id)
        if mine.count() >= MOST_KEPT:
            raise TooManyImportsError(user_id, kept=True)
        if mine.filter(state__in=[*WORKING, ImportState.PREVIEW]).count() >= MOST_OPEN:
            raise TooManyImportsError(user_id, kept=False)
        name = file_name.replace("\x00", "")[-200:]
        job = MemberImport.objects.create(user_id=user_id, file_name=name)
        _keep(job, content)
        transaction.on_commit(lambda: deliver(job.pk))
    return job


def _keep(job: MemberImport, content: bytes | Iterable[bytes]) -> None:
    size = 0
    chunks = [content] if isinstance(content, bytes) else content
    for number, piece in enumerate(_pieces(chunks)):
        size += len(piece)
        if size > MOST_BYTES:
            raise FileRefusedError("too-big")
        ImportPiece.objects.create(member_import=job, number=number, content=piece)
    if not size:
        raise FileRefusedError("empty")


def _pieces(chunks: Iterable[bytes]) -> Iterator[bytes]:
    for chunk in chunks:
        for start in range(0, len(chunk), PIECE_BYTES):
            yield chunk[start : start + PIECE_BYTES]


def _throttle(user_id: int) -> None:
    """Counted in the cache: without one nobody is held up."""
    key = f"catalog.member_import.uploads.{user_id}"
    try:
        cache.add(key, 0, 3600)
        count = cache.incr(key)
    except (RedisError, OSError, ValueError) as error:
        log.warning("uploads_not_counted", error=repr(error))
        return
    if count > UPLOADS_AN_HOUR:
        raise TooManyUploadsError


def answer(job: MemberImport, answers: Mapping[str, str]) -> bool:
    """Note what the member says about the file, and have it read again by that.

    False when nothing is asked, or the file is not kept any more.
    """
    topics = ("use:", "dates:", "columns:")
    told = {
        key[:300]: value[:50]
        for key, value in list(answers.items())[:500]
        if key.startswith(topics)
    }
    with transaction.atomic():
        waiting = MemberImport.objects.select_for_update().filter(
            pk=job.pk, state=ImportState.PREVIEW, pieces__number=0
        )
        found = waiting.first()
        if found is None or not told:
            return False
        found.answers = {**found.answers, **told}
        found.save(update_fields=["answers"])
        return _change(job, ImportState.PREVIEW, ImportState.READING)


def ask_apply(job: MemberImport, rule: str) -> bool:
    """Have the previewed import written. False when it is not waiting for that, or asks first."""
    if rule in ConflictRule.values:
        set_rule(job, rule)
    if MemberImport.objects.get(pk=job.pk).open_questions:
        return False
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


def stop_waiting(job: MemberImport) -> bool:
    """Forget the rows of an import whose films have not come. False when there are none."""
    waiting = ImportRow.objects.filter(
        member_import=job, member_import__state=ImportState.APPLIED, outcome=RowOutcome.WAITING
    )
    return bool(waiting.delete()[0])


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

"""Claiming a training run for this process, and taking up one whose process is gone."""

from __future__ import annotations

from datetime import timedelta

import structlog
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from recommender.models import ModelVersion, RunStatus, TrainingRun
from recommender.runs.errors import CancelledError, SupersededError
from recommender.runs.lease import end_connection_of, lock_holder, process_name
from recommender.runs.request import resume_run

log = structlog.get_logger(__name__)

SILENCE = timedelta(seconds=25)
# A process that lost its connection may still be trying to get the lock back.
SILENCE_WITHOUT_LOCK = timedelta(seconds=8)
MOST_LOSSES_IN_A_ROW = 3


def claim(run_id: int) -> TrainingRun | None:
    """Make the run with this id this process's. Call it while holding the kind's lease.

    A run that is marked as running is not: its process would hold the lease. It is marked as lost
    and its successor is returned. None when there is nothing to do any more: a message came twice.
    """
    run = TrainingRun.objects.filter(pk=run_id).first()
    if run is None:
        return None
    if run.status == RunStatus.RUNNING and mark_lost(run):
        run = take_up(run, deliver=False)
    if run is None:
        return None
    with transaction.atomic():
        locked = TrainingRun.objects.select_for_update().get(pk=run.pk)
        if locked.status != RunStatus.QUEUED:
            return None
        now = timezone.now()
        locked.status = RunStatus.RUNNING
        locked.attempt += 1
        locked.started_at = locked.heartbeat_at = locked.phase_started_at = now
        locked.worker = process_name()
        locked.save()
    return locked


def claim_again(run: TrainingRun) -> TrainingRun:
    """Go on with a run after this process lost its connection, holding the lease anew.

    Raises `SupersededError` when the run was given to somebody else in the meantime.
    """
    now = timezone.now()
    attempt = run.attempt + 1
    if not TrainingRun.objects.owned_by(run).update(attempt=attempt, heartbeat_at=now):
        raise SupersededError(f"run {run.pk} was taken up by another process")
    run.refresh_from_db()
    return run


def settle(run: TrainingRun, version: ModelVersion) -> None:
    """Within a transaction, tie ``version`` to a run that is still ours and not cancelled.

    Until the transaction ends nobody can cancel the run or take it away; afterwards a
    cancellation comes too late. Raises `CancelledError` or `SupersededError`.
    """
    mine = TrainingRun.objects.owned_by(run).select_for_update().first()
    if mine is None:
        raise SupersededError(f"run {run.pk} was taken up by another process")
    if mine.cancel_requested:
        raise CancelledError(f"run {run.pk} was cancelled")
    TrainingRun.objects.filter(pk=run.pk).update(version=version)
    run.version = version


def take_up_lost(kind: str) -> None:
    """Mark a running run of ``kind`` that gives no sign of life as lost; queue its successor."""
    run = TrainingRun.objects.filter(kind=kind, status=RunStatus.RUNNING).first()
    if run is None:
        return
    holder = lock_holder(kind)
    silence = SILENCE if holder is not None else SILENCE_WITHOUT_LOCK
    if not mark_lost(run, silence=silence):
        return
    if holder is not None:
        # The lock outlives its host when a network is cut. The other process, should it live,
        # can write nothing to this run any more.
        end_connection_of(holder)
    take_up(run)


def mark_lost(run: TrainingRun, *, silence: timedelta = timedelta(0)) -> bool:
    """Mark ``run`` as lost if it has been silent for so long. True when it was this call's doing.

    The condition and the change are one statement, so that a pulse in between is not overlooked.
    """
    now = timezone.now()
    silent = Q(heartbeat_at__lte=now - silence) | Q(
        heartbeat_at__isnull=True, started_at__lte=now - silence
    )
    seen = run.heartbeat_at or run.started_at
    reason = f"the process {run.worker} gave no sign of life after {seen:%Y-%m-%d %H:%M:%S}"
    marked = TrainingRun.objects.owned_by(run).filter(silent)
    if not marked.update(status=RunStatus.LOST, finished_at=now, reason=reason):
        return False
    TrainingRun.objects.filter(pk=run.pk).add_log(f"Lost: {reason}.")
    log.warning("run_lost", run=run.pk, kind=run.kind, worker=run.worker)
    return True


def take_up(run: TrainingRun, *, deliver: bool = True) -> TrainingRun | None:
    """Queue the successor of a lost run, unless it was cancelled or is lost again and again."""
    if run.cancel_requested:
        TrainingRun.objects.filter(pk=run.pk).update(status=RunStatus.CANCELLED)
        return None
    if run.losses_in_a_row + 1 >= MOST_LOSSES_IN_A_ROW:
        TrainingRun.objects.filter(pk=run.pk).add_log(
            f"Lost {MOST_LOSSES_IN_A_ROW} times in a row: not taken up again."
        )
        return None
    return resume_run(run, deliver=deliver)

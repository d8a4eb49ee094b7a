"""Taking a run: from queued, or from a process that is gone, to this process's."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from recommender.models import ModelVersion, RunStatus, TrainingRun
from recommender.training.errors import CancelledError, SupersededError
from recommender.training.lease import process_name
from recommender.training.losing import mark_lost, take_up


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

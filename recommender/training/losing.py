"""Runs whose process is gone: marked lost, and taken up again."""

from __future__ import annotations

from datetime import timedelta

import structlog
from django.db.models import Q
from django.utils import timezone

from recommender.models import RunStatus, TrainingRun
from recommender.requesting import resume_run
from recommender.training.lease import end_connection_of, lock_holder

log = structlog.get_logger(__name__)

SILENCE = timedelta(seconds=25)
# A process that lost its connection may still be trying to get the lock back.
SILENCE_WITHOUT_LOCK = timedelta(seconds=8)
MOST_LOSSES_IN_A_ROW = 3


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

"""Requesting training runs: one at a time per kind, never lost."""

from __future__ import annotations

from datetime import timedelta

import structlog
from django.db import IntegrityError, transaction
from django.utils import timezone

from catalog.broker import send
from recommender import kinds
from recommender.models import RunMode, RunStatus, RunTrigger, TrainingRun

log = structlog.get_logger(__name__)

TRAIN_TASK = "recommender.tasks.train"
# A message that waited longer behind other trainings was sent again by the sweep meanwhile.
MESSAGE_SECONDS = 180
RESEND_AFTER = timedelta(seconds=50)


def request_run(
    kind: str,
    *,
    mode: str,
    trigger: str,
    detail: str = "",
    resumes: TrainingRun | None = None,
    deliver: bool = True,
) -> tuple[TrainingRun, bool]:
    """Queue a run of ``kind``, or find the one that is queued or running already.

    A request for a full retrain turns a queued quick update into one. With ``deliver`` a message
    goes to the workers after the commit; without, the caller runs it.

    Returns the run and whether it is new. Raises `UnknownKindError` for a kind without a line.
    """
    kinds.get(kind)
    try:
        with transaction.atomic():
            run = TrainingRun.objects.create(
                kind=kind,
                mode=mode,
                trigger=trigger,
                trigger_detail=detail[:300],
                resumes=resumes,
                losses_in_a_row=0 if resumes is None else resumes.losses_in_a_row + 1,
            )
    except IntegrityError:
        present = TrainingRun.objects.active().filter(kind=kind).first()
        if present is None:  # it ended between the two statements
            return request_run(
                kind, mode=mode, trigger=trigger, detail=detail, resumes=resumes, deliver=deliver
            )
        if mode == RunMode.FULL:
            TrainingRun.objects.filter(pk=present.pk, status=RunStatus.QUEUED).update(mode=mode)
        return present, False
    log.info("run_requested", run=run.pk, kind=kind, mode=mode, trigger=trigger, detail=detail)
    if deliver:
        transaction.on_commit(lambda: deliver_run(run))
    return run, True


def deliver_run(run: TrainingRun) -> bool:
    """Send a queued run to the training workers. Repeating it does no harm."""
    sent = send(TRAIN_TASK, run.pk, expires=MESSAGE_SECONDS)
    if sent:
        TrainingRun.objects.filter(pk=run.pk).update(sent_at=timezone.now())
    return sent


def request_cancel(run: TrainingRun) -> bool:
    """Cancel a run: one that is queued ends at once, a running one within two seconds."""
    now = timezone.now()
    queued = TrainingRun.objects.filter(pk=run.pk, status=RunStatus.QUEUED).update(
        status=RunStatus.CANCELLED, finished_at=now, reason="cancelled before it started"
    )
    if queued:
        return True
    return bool(
        TrainingRun.objects.filter(pk=run.pk, status=RunStatus.RUNNING).update(
            cancel_requested=True
        )
    )


def resume_run(lost: TrainingRun, *, deliver: bool = True) -> TrainingRun:
    """Queue the successor of a run whose process is gone."""
    run, _ = request_run(
        lost.kind,
        mode=lost.mode,
        trigger=RunTrigger.RESUMED,
        detail=f"run {lost.pk} was lost",
        resumes=lost,
        deliver=deliver,
    )
    return run

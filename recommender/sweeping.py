"""Looking after trainings: what the database says is due is started, what was lost is taken up."""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog
from django.utils import timezone

from catalog.dispatch import send
from recommender.models import ModelKind, RetrainingPolicy, RunStatus, TrainingRun
from recommender.observing import observe, rules_of
from recommender.requesting import RESEND_AFTER, deliver_run, request_run
from recommender.schedule import Decision, decide
from recommender.training.losing import take_up_lost

log = structlog.get_logger(__name__)

SWEEP_TASK = "recommender.tasks.sweep"
SOON = timedelta(seconds=29)  # later than that, the next regular sweep comes first


def sweep() -> dict[str, Decision]:
    """Take up what was lost, send again what was not picked up, start what is due.

    Idempotent: any number of these may run at once, anywhere.
    """
    policy = RetrainingPolicy.current()
    decisions = {}
    for kind in ModelKind.values:
        take_up_lost(kind)
        _send_again(kind)
        decision = decide(observe(kind, policy), rules_of(policy), timezone.now())
        decisions[kind] = decision
        if decision.mode and decision.trigger:
            request_run(kind, mode=decision.mode, trigger=decision.trigger, detail=decision.reason)
    _look_again(decisions)
    return decisions


def _send_again(kind: str) -> None:
    """A queued run whose message is long gone: lost with the broker, or behind other trainings."""
    run = TrainingRun.objects.filter(kind=kind, status=RunStatus.QUEUED).first()
    if run and (run.sent_at is None or timezone.now() - run.sent_at > RESEND_AFTER):
        deliver_run(run)


def _look_again(decisions: dict[str, Decision]) -> None:
    """Come back sooner than the regular sweep when something is due before it."""
    times: list[datetime] = [d.look_again_at for d in decisions.values() if d.look_again_at]
    if not times:
        return
    wait = min(times) - timezone.now()
    if wait <= SOON:
        seconds = max(0.2, wait.total_seconds() + 0.1)
        send(SWEEP_TASK, countdown=seconds, expires=30)

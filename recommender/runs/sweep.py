"""The sweep over training runs: start what is due, take up what was lost."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import structlog
from django.core.cache import cache
from django.utils import timezone
from redis.exceptions import RedisError

from catalog.broker import send
from recommender import kinds
from recommender.models import RetrainingPolicy, RunStatus, TrainingRun
from recommender.runs.claim import take_up_lost
from recommender.runs.request import RESEND_AFTER, deliver_run, request_run
from recommender.runs.schedule import Decision
from recommender.runs.schedule_inputs import decide_about, observe

log = structlog.get_logger(__name__)

SWEEP_TASK = "recommender.tasks.sweep"
NUDGE_CACHE_KEY = "recommender.nudged"
NUDGE_SECONDS = 3  # one nudge per so many seconds, sent to be worked on when they have passed
SOON = timedelta(seconds=29)  # later than that, the next regular sweep comes first


def sweep() -> dict[str, Decision]:
    """Take up what was lost, send again what was not picked up, start what is due.

    Idempotent: any number of these may run at once, anywhere.
    """
    policy = RetrainingPolicy.current()
    decisions = {}
    for kind in kinds.names():
        take_up_lost(kind)
        _send_again(kind)
        decision = decide_about(kind, observe(kind, policy), policy)
        decisions[kind] = decision
        if decision.mode and decision.trigger:
            request_run(kind, mode=decision.mode, trigger=decision.trigger, detail=decision.reason)
    _look_again(decisions)
    return decisions


def nudge(sender: Any = None, **kwargs: Any) -> None:
    """Have the schedule looked at in a moment. Never fails: the regular sweep comes anyway."""
    try:
        first = cache.add(NUDGE_CACHE_KEY, 1, timeout=NUDGE_SECONDS)
    except (RedisError, OSError) as error:
        log.warning("nudge_not_sent", error=repr(error))
        return
    if first:
        send(SWEEP_TASK, countdown=NUDGE_SECONDS + 0.2, expires=30)


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

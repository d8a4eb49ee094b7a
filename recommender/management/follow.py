"""Following a training run in a terminal until it ends, here or in a worker."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from celery import current_app
from django.db import connection
from kombu.exceptions import OperationalError

from recommender.models import RunStatus, TrainingRun
from recommender.runs.request import deliver_run
from recommender.training import pipeline

LOOK_SECONDS = 0.3
PATIENCE_SECONDS = 20.0  # for a queued run, before asking whether there is a worker at all
ANSWER_SECONDS = 3.0

Show = Callable[[TrainingRun], None]


class NoWorkerError(Exception):
    """A run is queued and nobody is there to do it."""


def wait_for(run: TrainingRun, show: Show, *, here: bool = False) -> TrainingRun:
    """Call ``show`` with the run as it changes, until it has ended; returns it then.

    A run that is lost is followed into its successor. With ``here`` a queued run is done by this
    process. Raises `NoWorkerError` when it is queued and no training worker answers.
    """
    if here and run.status == RunStatus.QUEUED:
        return _do_here(run, show)
    asked_at = time.monotonic() + PATIENCE_SECONDS
    while True:
        run.refresh_from_db()
        show(run)
        if run.status == RunStatus.LOST and (successor := run.successors.first()):
            run = successor
        elif not run.is_active:
            return run
        if run.status == RunStatus.QUEUED and time.monotonic() > asked_at:
            _require_worker(run)
            asked_at = time.monotonic() + PATIENCE_SECONDS
        time.sleep(LOOK_SECONDS)


def training_worker_answers() -> bool:
    """Whether a Celery worker that takes trainings answers a ping; False without a broker too."""
    try:
        queues = current_app.control.inspect(timeout=ANSWER_SECONDS).active_queues() or {}
    except (OperationalError, OSError):
        return False
    return any(queue["name"] == "training" for worker in queues.values() for queue in worker)


def _require_worker(run: TrainingRun) -> None:
    """Unless the worker is busy with the other kind, it would have taken the run by now."""
    if TrainingRun.objects.filter(status=RunStatus.RUNNING).exists():
        return
    if not training_worker_answers():
        raise NoWorkerError(f"{run} is queued, but no training worker answers.")
    deliver_run(run)


def _do_here(run: TrainingRun, show: Show) -> TrainingRun:
    """Train in a thread, so that this one can show it and pass Ctrl-C on as a cancellation."""
    ended: list[TrainingRun | None] = []
    failures: list[BaseException] = []

    def work() -> None:
        try:
            ended.append(pipeline.train(run.pk))
        except BaseException as error:  # noqa: BLE001  (raised again in the caller's thread)
            failures.append(error)
        finally:
            connection.close()

    thread = threading.Thread(target=work, name="training")
    thread.start()
    while thread.is_alive():
        try:
            thread.join(LOOK_SECONDS)
            run.refresh_from_db()
            show(run)
        except KeyboardInterrupt:
            TrainingRun.objects.filter(pk=run.pk).update(cancel_requested=True)
    if failures:
        raise failures[0]
    if ended[0] is None:  # another process has it
        return wait_for(run, show)
    return ended[0]

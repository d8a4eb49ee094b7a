"""The training pipeline of one run: from the ratings in the database to a live version."""

from __future__ import annotations

import errno
import os
import time
import traceback

import structlog
from django.db import Error as DatabaseError
from django.db import InterfaceError, OperationalError, connection
from django.utils import timezone

from recommender.models import RetrainingPolicy, RunStatus, TrainingRun
from recommender.runs.claim import claim, claim_again
from recommender.runs.errors import (
    CancelledError,
    KindBusyError,
    LeaseLostError,
    SupersededError,
    TrainingError,
)
from recommender.runs.lease import OnStuck, lease
from recommender.runs.request import deliver_run
from recommender.training.checkpoints import drop_checkpoints
from recommender.training.report import RunReporter
from recommender.training.stages import run_stages

log = structlog.get_logger(__name__)

MOST_ATTEMPTS = 4
FIRST_PAUSE_SECONDS = 0.5  # before trying again after a lost connection; doubles

EXIT_STATUS_OF_STUCK = 3

_NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)  # of the disk, a quota, a limit on files

Outcome = tuple[RunStatus, str]


def train(run_id: int, *, own_process: bool = False) -> TrainingRun | None:
    """Do the queued run with this id, to its end: the outcome is in its row, never an exception.

    ``own_process`` says that this process does nothing else and that somebody starts another one:
    it is ended when a cancelled training does not come back from a long computation.

    Returns the run, or its successor when it was a lost run that is taken up, as it is in the
    end. None when there was nothing to do: it is done already, or another process is training
    this kind.

    Raises
    ------
    OperationalError
        When the database cannot be reached any more; the sweep then takes the run up.
    """
    kind = TrainingRun.objects.filter(pk=run_id).values_list("kind", flat=True).first()
    if kind is None:
        return None
    run = _train(run_id, kind, _end_process if own_process else None)
    if run is not None:
        _deliver_waiting(kind)
    return run


def _train(run_id: int, kind: str, on_stuck: OnStuck | None) -> TrainingRun | None:
    run: TrainingRun | None = None
    for attempt in range(MOST_ATTEMPTS):
        try:
            with lease(kind, on_stuck) as held:
                run = claim(run_id) if run is None else claim_again(run)
                if run is None:
                    return None
                reporter = RunReporter(run, held.check)
                held.keep_alive(run, reporter.fields)
                try:
                    status, reason = _outcome(run, reporter)
                    _finish(run, reporter, status, reason)
                except CancelledError:
                    _finish_cancelled(run, reporter)
                drop_checkpoints(run)
                run.refresh_from_db()
                return run
        except (KindBusyError, SupersededError) as error:
            log.info("training_left_to_another", run=run_id, why=str(error))
            return None
        except (LeaseLostError, OperationalError, InterfaceError) as error:
            connection.close()
            if attempt + 1 == MOST_ATTEMPTS:
                raise
            pause = FIRST_PAUSE_SECONDS * 2**attempt
            log.warning("database_lost", run=run_id, error=repr(error), again_in=pause)
            time.sleep(pause)
            if run is not None:
                _say_lost_connection(run, error)
    return None


def _outcome(run: TrainingRun, reporter: RunReporter) -> Outcome:
    """Run the stages. What ends this process's right to the run, or its database, is raised."""
    try:
        # The connection may have broken after all was done but the last word.
        version = run.version or run_stages(run, reporter, RetrainingPolicy.current())
    except (CancelledError, SupersededError, LeaseLostError, OperationalError, InterfaceError):
        raise
    except DatabaseError as error:
        return _failed(reporter, error)
    except TrainingError as error:
        return RunStatus.FAILED, f"{error}; the live version stays"
    except Exception as error:  # noqa: BLE001  (whatever it is, the row has to say so)
        if isinstance(error, OSError) and error.errno in _NO_ROOM:
            return (
                RunStatus.FAILED,
                f"no room to write the artifact: {error}; the live version stays",
            )
        return _failed(reporter, error)
    run.version = version
    return RunStatus.SUCCEEDED, f"version {version.pk} is {version.status}: {version.reason}"


def _failed(reporter: RunReporter, error: Exception) -> Outcome:
    reporter.log("".join(traceback.format_exception(error)).rstrip())
    return RunStatus.FAILED, f"{type(error).__name__}: {error}; the live version stays"


def _finish(run: TrainingRun, reporter: RunReporter, status: RunStatus, reason: str) -> None:
    reporter.log(f"{status.label.capitalize()}: {reason}".rstrip(".") + ".")
    fields = {**reporter.fields(), "status": status, "reason": reason, "version": run.version}
    if not TrainingRun.objects.owned_by(run).update(finished_at=timezone.now(), **fields):
        reporter.check()  # says so when it was cancelled at the last moment
        raise SupersededError(f"run {run.pk} was taken up by another process")


def _finish_cancelled(run: TrainingRun, reporter: RunReporter) -> None:
    """The pulse marks the row, unless the training noticed the cancellation before it did."""
    reporter.log("Cancelled.")
    TrainingRun.objects.owned_by(run).update(
        status=RunStatus.CANCELLED, reason="cancelled", finished_at=timezone.now()
    )


def _end_process(run: TrainingRun) -> None:
    """Called from the lease's thread, since the one that trains does not answer.

    Nothing half-made is visible then, and the next training removes what lies about.
    """
    try:
        TrainingRun.objects.filter(pk=run.pk).add_log(
            "Cancelled in the middle of a computation: the process was ended."
        )
        drop_checkpoints(run)
        log.warning("process_ended_to_cancel", run=run.pk)
    finally:
        os._exit(EXIT_STATUS_OF_STUCK)


def _deliver_waiting(kind: str) -> None:
    """A run that was requested after a cancellation had to wait until the lease was free."""
    waiting = TrainingRun.objects.filter(kind=kind, status=RunStatus.QUEUED).first()
    if waiting is not None:
        deliver_run(waiting)


def _say_lost_connection(run: TrainingRun, error: Exception) -> None:
    line = f"The connection to the database broke ({str(error).strip()}): beginning again."
    try:
        TrainingRun.objects.filter(pk=run.pk).add_log(line)
    except DatabaseError as still_gone:
        log.warning("database_still_gone", run=run.pk, error=repr(still_gone))
        connection.close()

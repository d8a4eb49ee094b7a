"""Faults inside a training that a real worker does: the live version stays, the row says why."""

from pathlib import Path

import psutil
from django.db import connection
from django.utils import timezone

from recommender.models import ModelVersion, RunStatus, TrainingRun
from recommender.runs.request import request_cancel
from recommender.training.priority import NICENESS
from tests.faults.behaviour import SLEEP_QUERY
from tests.faults.conftest import Processes, ended, live_pk, queue_run, wait_until


def test_each_fault_leaves_the_live_version(processes: Processes, artifacts: Path) -> None:
    """One worker goes through all of them, and trains again after each."""
    processes.worker()
    first = ended(queue_run())
    assert first.status == RunStatus.SUCCEEDED, first.log
    live = live_pk()
    before = files_in(artifacts)

    processes.behave(nan_at=2)
    run = ended(queue_run())
    assert run.status == RunStatus.FAILED
    assert "the loss became nan in epoch 2" in run.reason

    processes.behave(disk_full=True)
    run = ended(queue_run())
    assert run.status == RunStatus.FAILED
    assert "no room to write the artifact" in run.reason

    processes.behave(fits_batch=1, fits_cpu=False)
    run = ended(queue_run())
    assert run.status == RunStatus.FAILED
    assert "Out of memory on cuda with batches of 1024: trying 512." in run.log
    assert "going on with the CPU" in run.log
    assert "MemoryError" in run.reason

    assert live_pk() == live
    assert files_in(artifacts) == before

    processes.behave(fits_batch=1)
    run = ended(queue_run())
    assert run.status == RunStatus.SUCCEEDED, run.log
    assert run.device == "cpu"
    assert live_pk() == run.version_id


def test_a_connection_that_drops_in_the_snapshot(processes: Processes) -> None:
    processes.worker()
    processes.behave(slow_snapshot=True)
    run = queue_run()
    backend = wait_until(lambda: backend_running(SLEEP_QUERY))
    processes.behave()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s)", [backend])
    ended(run)
    assert run.status == RunStatus.SUCCEEDED, run.log
    assert run.attempt == 2
    assert "The connection to the database broke" in run.log


def test_cancel_from_outside_and_in_the_middle_of_a_computation(
    processes: Processes, artifacts: Path
) -> None:
    """The latter makes no report for minutes: the process is ended, and the worker goes on."""
    processes.worker()
    processes.behave(epochs=100, seconds=0.5)
    reporting = queue_run()
    wait_until(lambda: TrainingRun.objects.get(pk=reporting.pk).epoch >= 1)
    assert request_cancel(reporting)
    ended(reporting)
    assert reporting.status == RunStatus.CANCELLED
    assert not ModelVersion.objects.exists()

    processes.behave(epochs=2, seconds=600)
    run = queue_run()
    wait_until(lambda: TrainingRun.objects.get(pk=run.pk).phase == "fit")
    child = int(TrainingRun.objects.get(pk=run.pk).worker.rsplit(":", 1)[1])
    assert psutil.Process(child).nice() == NICENESS  # it takes what visitors leave over
    asked_at = timezone.now()
    assert request_cancel(run)
    ended(run)
    wait_until(lambda: has_ended(child))
    print(f"row after {run.finished_at - asked_at}, process after {timezone.now() - asked_at}")
    assert run.status == RunStatus.CANCELLED
    processes.behave()
    again = ended(queue_run())
    assert again.status == RunStatus.SUCCEEDED, again.log
    run.refresh_from_db()
    assert (run.status, run.attempt) == (RunStatus.CANCELLED, 1)
    assert "the process was ended" in run.log
    assert files_in(artifacts / "checkpoints") == []


def has_ended(pid: int) -> bool:
    """Whether the worker has collected it or not."""
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def files_in(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


def backend_running(query: str) -> int | None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pid FROM pg_stat_activity WHERE query = %s", [query])
        row = cursor.fetchone()
    return None if row is None else int(row[0])

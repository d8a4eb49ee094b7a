"""What goes wrong inside a training: the live version stays, and the row says why."""

import threading
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from recommender.data import snapshot
from recommender.models import (
    ModelVersion,
    RetrainingPolicy,
    RunMode,
    RunStatus,
    TrainingRun,
    VersionStatus,
)
from recommender.runs import lease
from recommender.runs.request import request_cancel, request_run
from recommender.training import checkpoints, stages
from recommender.training.pipeline import train
from recommender.versions.artifacts import names
from recommender.versions.load import load
from tests.recommender.stand_in import (
    Behaviour,
    StandIn,
    full_disk,
    use_models,
)
from tests.recommender.training.test_pipeline import run_here
from tests.recommender.world import World, publish


def artifacts_in(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.glob("*/*"))


def test_a_loss_that_is_not_a_number_stops_the_training(
    live: ModelVersion, preset: Callable[..., None], artifacts: Path
) -> None:
    before = artifacts_in(artifacts)
    preset(nan_at=2)
    run = run_here("factorization")
    assert run.status == RunStatus.FAILED
    assert run.reason == "the loss became nan in epoch 2 of fit; the live version stays"
    assert ModelVersion.objects.live("factorization") == live
    assert artifacts_in(artifacts) == before


def test_a_full_disk_leaves_nothing_half_written(
    live: ModelVersion,
    preset: Callable[..., None],
    artifacts: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    before = artifacts_in(artifacts)
    monkeypatch.setattr("recommender.learning.artifact.save", full_disk)
    run = run_here("factorization")
    assert run.status == RunStatus.FAILED
    assert "no room to write the artifact" in run.reason
    assert ModelVersion.objects.live("factorization") == live
    assert artifacts_in(artifacts) == before
    assert not list(artifacts.glob(".part-*"))


def test_a_model_without_checkpoints_is_trained_without(
    monkeypatch: pytest.MonkeyPatch, rated_world: World, artifacts: Path
) -> None:
    """Asked each time it reports, it has nothing to keep; a model that has is kept."""
    kept = []
    monkeypatch.setattr(checkpoints, "SECONDS_BETWEEN", 0.0)
    monkeypatch.setattr(checkpoints.Checkpointer, "keep", lambda self, arrays: kept.append(arrays))
    monkeypatch.setattr(StandIn, "checkpoint", lambda self: None)
    use_models(monkeypatch, lambda kind: partial(StandIn, kind, Behaviour()))
    assert run_here("factorization").status == RunStatus.SUCCEEDED
    assert kept == []
    monkeypatch.setattr(StandIn, "checkpoint", lambda self: self.export()[0])
    assert run_here("factorization").status == RunStatus.SUCCEEDED
    assert len(kept) == Behaviour().epochs


def test_out_of_memory_everywhere_fails(live: ModelVersion, preset: Callable[..., None]) -> None:
    preset(fits_batch=1, fits_cpu=False)
    run = run_here("factorization")
    assert run.status == RunStatus.FAILED
    assert "MemoryError: not even here" in run.reason
    assert ModelVersion.objects.live("factorization") == live


def test_an_unexpected_error_is_told_with_its_trace(
    live: ModelVersion, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*args: Any) -> None:
        raise KeyError("surprise")

    use_models(monkeypatch, lambda kind: broken)
    run = run_here("factorization")
    assert run.status == RunStatus.FAILED
    assert "KeyError: 'surprise'" in run.reason
    assert "Traceback" in run.log


def test_a_connection_that_drops_in_the_snapshot_is_made_again(
    preset: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    drops = iter([True, False])
    original = snapshot.read_movie_features

    def drop_then_read(**options: bool) -> Any:
        if next(drops):
            terminate_own_backend()
        return original(**options)

    monkeypatch.setattr(snapshot, "read_movie_features", drop_then_read)
    run = run_here("factorization")
    assert run.status == RunStatus.SUCCEEDED, run.log
    assert run.attempt == 2
    assert "The connection to the database broke" in run.log


def test_a_lease_whose_connection_drops_is_taken_again(
    preset: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    preset(epochs=6, seconds=0.4)
    run, _ = request_run("factorization", mode=RunMode.FULL, trigger="manual", deliver=False)
    thread = threading.Thread(target=run_and_close, args=[run.pk])
    thread.start()
    wait_until(lambda: TrainingRun.objects.get(pk=run.pk).epoch >= 1)
    holder = lease.lock_holder("factorization")
    assert holder is not None
    lease.end_connection_of(holder)
    thread.join()
    run.refresh_from_db()
    assert run.status == RunStatus.SUCCEEDED, run.log
    assert run.attempt == 2


def test_cancelling_ends_the_run_and_publishes_nothing(
    live: ModelVersion, preset: Callable[..., None], artifacts: Path
) -> None:
    preset(epochs=100, seconds=0.3)
    before = artifacts_in(artifacts)
    run, _ = request_run("factorization", mode=RunMode.FULL, trigger="manual", deliver=False)
    thread = threading.Thread(target=run_and_close, args=[run.pk])
    thread.start()
    wait_until(lambda: TrainingRun.objects.get(pk=run.pk).epoch >= 1)
    assert request_cancel(run)
    wait_until(lambda: TrainingRun.objects.get(pk=run.pk).status == RunStatus.CANCELLED)
    thread.join()
    run.refresh_from_db()
    assert run.log.rstrip().endswith("Cancelled.")
    assert ModelVersion.objects.live("factorization") == live
    assert artifacts_in(artifacts) == before


def test_a_queued_run_is_cancelled_at_once(rated_world: World) -> None:
    run, _ = request_run("sequence", mode="full", trigger="manual", deliver=False)
    assert request_cancel(run)
    assert train(run.pk) is None
    run.refresh_from_db()
    assert run.status == RunStatus.CANCELLED


def test_a_damaged_live_version_is_replaced(live: ModelVersion, artifacts: Path) -> None:
    (artifacts / live.artifact / "model.safetensors").write_bytes(b"nonsense")
    run = run_here("factorization")
    assert run.version is not None
    assert run.version.status == VersionStatus.LIVE
    assert "cannot be read" in run.log


def test_a_version_that_goes_live_meanwhile_is_compared_with(
    live: ModelVersion, monkeypatch: pytest.MonkeyPatch
) -> None:
    movie_ids = list(artifact_movie_ids(live))
    others: list[ModelVersion] = []
    original = stages.compare

    def compare(*args: Any) -> Any:
        compared = original(*args)
        if not others:
            others.append(publish("factorization", movie_ids))
        return compared

    monkeypatch.setattr(stages, "compare", compare)
    run = run_here("factorization")
    assert "comparing again" in run.log
    assert run.version is not None
    assert run.version.status == VersionStatus.LIVE
    others[0].refresh_from_db()
    assert others[0].status == VersionStatus.RETIRED


def artifact_movie_ids(version: ModelVersion) -> list[int]:
    return [int(pk) for pk in load(version).movie_ids[1:]]


def run_and_close(run_id: int) -> None:
    try:
        train(run_id)
    finally:
        connection.close()


def terminate_own_backend() -> None:
    """As when a server restarts or a network drops: the next statement fails."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        own = cursor.fetchone()[0]
    thread = threading.Thread(target=_terminate, args=[own])
    thread.start()
    thread.join()


def _terminate(backend: int) -> None:
    try:
        lease.end_connection_of(backend)
    finally:
        connection.close()


def wait_until(condition: Callable[[], bool], patience: float = 60.0) -> None:
    deadline = time.monotonic() + patience
    while not condition():
        if time.monotonic() > deadline:
            pytest.fail(f"not true within {patience:.0f} s")
        time.sleep(0.05)


def test_artifact_names_ignore_parts(artifacts: Path) -> None:
    (artifacts / "factorization" / ".part-x").mkdir(parents=True)
    assert names("factorization") == []


def test_a_failure_after_the_artifact_was_stored_removes_it(
    live: ModelVersion, artifacts: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = artifacts_in(artifacts)

    def broken(*args: Any) -> None:
        raise RuntimeError("in the middle of the evaluation")

    monkeypatch.setattr(stages, "compare", broken)
    run = run_here("factorization")
    assert run.status == RunStatus.FAILED
    assert artifacts_in(artifacts) == before


def test_old_artifacts_are_removed_after_a_training(
    live: ModelVersion, artifacts: Path, preset: Callable[..., None]
) -> None:
    RetrainingPolicy.objects.update(keep_versions=2)
    for _ in range(3):
        run_here("factorization")
    assert len(artifacts_in(artifacts)) == 2
    live.refresh_from_db()
    assert live.artifact == ""

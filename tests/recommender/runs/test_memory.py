"""A training that does not fit into memory says so before it starts, and is not asked for again."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from recommender import kinds
from recommender.models import RetrainingPolicy, RunMode, RunStatus, RunTrigger, TrainingRun
from recommender.runs import memory
from recommender.runs.memory import free_memory, needed_memory, no_room
from recommender.runs.request import request_run
from recommender.runs.schedule_inputs import decide_about, observe
from recommender.training import stages
from recommender.training.pipeline import train
from tests.recommender.world import World


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Any:
    """A machine whose free memory a test sets, in megabytes; without a container around it."""
    monkeypatch.setattr(memory, "MEMINFO", tmp_path / "meminfo")
    monkeypatch.setattr(memory, "LIMITS", ())

    def has(megabytes: int) -> None:
        lines = f"MemTotal: 64000000 kB\nMemFree: 1 kB\nMemAvailable: {megabytes * 1000} kB\n"
        (tmp_path / "meminfo").write_text(lines)

    has(32_000)
    return has


def test_what_is_free_is_the_least_of_all_bounds(
    machine: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    machine(4000)
    assert free_memory() == 4000 * 1000 * 1024
    limit, used = tmp_path / "max", tmp_path / "current"
    monkeypatch.setattr(memory, "LIMITS", ((tmp_path / "none", used), (limit, used)))
    used.write_text("1000")
    limit.write_text("max\n")
    assert free_memory() == 4000 * 1000 * 1024
    limit.write_text("5000\n")
    assert free_memory() == 4000


def test_nobody_is_refused_where_nothing_is_known(machine: Any, tmp_path: Path) -> None:
    (tmp_path / "meminfo").unlink()
    assert free_memory() is None


@pytest.mark.parametrize("kind", ["factorization", "sequence"])
def test_what_a_training_needs_grows_with_the_data(kind: str) -> None:
    estimate = kinds.get(kind).memory
    assert estimate is not None
    small, full = estimate(100_000, 700, 9_000), estimate(26_000_000, 270_000, 45_000)
    assert small < 2.5e9
    assert small < full < 6e9


@pytest.mark.parametrize("kind", kinds.names())
def test_a_training_that_does_not_fit_is_refused_before_anything_is_read(
    rated_world: World, machine: Any, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    monkeypatch.setattr(stages, "take_snapshot", lambda check: pytest.fail("was begun"))
    machine(100)
    run, _ = request_run(kind, mode=RunMode.FULL, trigger=RunTrigger.MANUAL, deliver=False)
    ended = train(run.pk)
    assert ended is not None
    assert ended.status == RunStatus.FAILED
    assert "needs some" in ended.reason
    assert ", and 0.1 are free" in ended.reason


def test_what_was_refused_is_asked_for_again_when_there_is_room(
    rated_world: World, machine: Any
) -> None:

    policy = RetrainingPolicy.current()
    hours_ago = timezone.now() - timedelta(hours=5)
    TrainingRun.objects.create(
        kind="sequence",
        mode=RunMode.FULL,
        trigger=RunTrigger.FIRST,
        status=RunStatus.FAILED,
        finished_at=hours_ago,
    )

    def decision() -> Any:
        return decide_about("sequence", observe("sequence", policy), policy)

    machine(100)
    assert not decision().train
    assert "needs some" in decision().reason
    machine(32_000)
    assert decision().train


def test_the_first_training_is_asked_for_so_that_a_refusal_is_seen(
    rated_world: World, machine: Any
) -> None:

    machine(100)
    policy = RetrainingPolicy.current()
    assert decide_about("sequence", observe("sequence", policy), policy).train


def test_needs_follow_the_statistics_of_the_tables(rated_world: World, machine: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE catalog_rating")
    needed = needed_memory("factorization")
    assert needed is not None
    assert needed > 0
    assert no_room("factorization") == ""

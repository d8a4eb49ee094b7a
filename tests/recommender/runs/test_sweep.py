"""From ratings in the database to queued runs: the sweep, the nudge, and a dead broker."""

from datetime import timedelta
from importlib import import_module
from typing import Any

import pytest
from celery import current_app
from django.core.cache import cache
from django.utils import timezone

from catalog import broker
from catalog.models import Movie, Rating
from catalog.services.ratings import rate
from recommender.models import (
    ModelVersion,
    RetrainingPolicy,
    RunMode,
    RunStatus,
    RunTrigger,
    TrainingRun,
)
from recommender.runs import request, sweep
from recommender.runs.request import request_run
from recommender.runs.sweep import NUDGE_CACHE_KEY, SWEEP_TASK
from tests.recommender.world import FILMS, RATINGS_OF_EACH, World

sweep_module = import_module("recommender.runs.sweep")

Sent = list[tuple[str, tuple[Any, ...], float]]


@pytest.fixture(autouse=True)
def sent(monkeypatch: pytest.MonkeyPatch) -> Sent:
    """Messages that would have gone to the broker: task, arguments, countdown."""
    messages: Sent = []

    def send(task: str, *args: Any, countdown: float = 0, expires: float | None = None) -> bool:
        messages.append((task, args, countdown))
        return True

    for module in (request, sweep_module):
        monkeypatch.setattr(module, "send", send)
    return messages


@pytest.fixture
def trained(world: World, settings: Any) -> World:
    """Both kinds were trained on all there is; five new ratings start a run."""
    settings.MATINEE_RETRAIN_AFTER = 5
    world.fan_of_even(ratings=20, name="earlier")
    hour_ago = timezone.now() - timedelta(hours=1)
    Rating.objects.update(updated_at=hour_ago)
    for kind in ("factorization", "sequence"):
        ModelVersion.objects.create(kind=kind, trained_at=hour_ago, watermark=hour_ago)
    return world


def age_ratings(seconds: float) -> None:
    """Let the debounce pass."""
    recent = timezone.now() - timedelta(minutes=1)
    Rating.objects.filter(updated_at__gt=recent).update(
        updated_at=timezone.now() - timedelta(seconds=seconds)
    )


def test_the_rating_that_makes_it_enough_starts_both_kinds(trained: World, sent: Sent) -> None:
    user = trained.member("new")
    for movie in trained.movies[:4]:
        rate(user_id=user.pk, movie=movie, half_stars=8)
    sweep()
    assert not TrainingRun.objects.exists()

    rate(user_id=user.pk, movie=trained.movies[4], half_stars=8)
    age_ratings(10)
    sweep()

    runs = TrainingRun.objects.order_by("kind")
    assert [run.kind for run in runs] == ["factorization", "sequence"]
    assert {(run.mode, run.trigger) for run in runs} == {(RunMode.QUICK, RunTrigger.RATINGS)}


def test_a_burst_gives_one_run_and_another_look(trained: World, sent: Sent) -> None:
    trained.fan_of_even(ratings=8, name="eager")
    decisions = sweep()
    assert decisions["sequence"].reason == "ratings are still coming in"
    assert not TrainingRun.objects.exists()
    looks = [countdown for task, _, countdown in sent if task == SWEEP_TASK]
    assert any(0 < countdown <= 4 for countdown in looks)

    age_ratings(10)
    sweep()
    sweep()
    assert TrainingRun.objects.filter(kind="sequence").count() == 1


def test_a_first_version_is_trained_without_being_asked(world: World) -> None:
    RetrainingPolicy(minimum_ratings=20).save()
    world.fan_of_even(ratings=19)
    sweep()
    assert not TrainingRun.objects.exists()
    world.fan_of_even(ratings=1, name="bob")
    sweep()
    assert set(TrainingRun.objects.values_list("trigger", "mode")) == {("first", "full")}


def test_ratings_that_are_gone_count_as_a_change_for_the_full_retrain(trained: World) -> None:
    """GIVEN old versions and no new rating WHEN a member is deleted THEN both train anew."""
    long_ago = timezone.now() - timedelta(days=30)
    leaving = trained.fan_of_even(ratings=6, name="leaving")
    Rating.objects.update(updated_at=long_ago)
    Movie.objects.update(created_at=long_ago)
    count = 26 + FILMS * RATINGS_OF_EACH
    ModelVersion.objects.update(trained_at=long_ago, watermark=long_ago, rating_count=count)
    sweep()
    assert not TrainingRun.objects.exists()
    leaving.delete()
    sweep()
    runs = set(TrainingRun.objects.values_list("kind", "mode", "trigger"))
    assert runs == {("factorization", "full", "age"), ("sequence", "full", "age")}


def test_settings_in_the_admin_count_when_the_environment_is_silent(settings: Any) -> None:
    policy = RetrainingPolicy(new_ratings=500, new_ratings_percent=1)
    assert policy.new_ratings_needed(rating_count=1000) == 500
    assert policy.new_ratings_needed(rating_count=1_000_000) == 10_000
    settings.MATINEE_RETRAIN_AFTER = 3
    assert policy.new_ratings_needed(rating_count=1_000_000) == 3


def test_a_message_lost_with_its_broker_is_sent_again(world: World, sent: Sent) -> None:
    run, _ = request_run("sequence", mode="full", trigger="manual", deliver=False)
    sweep()
    assert ("recommender.tasks.train", (run.pk,), 0) in sent
    sent.clear()
    sweep()
    assert sent == []  # it was sent a moment ago
    TrainingRun.objects.update(sent_at=timezone.now() - timedelta(minutes=1))
    sweep()
    assert ("recommender.tasks.train", (run.pk,), 0) in sent


def test_a_silent_run_is_lost_and_taken_up(world: World, sent: Sent) -> None:
    now = timezone.now()
    run = TrainingRun.objects.create(
        kind="sequence",
        mode="full",
        trigger="age",
        status=RunStatus.RUNNING,
        attempt=1,
        started_at=now - timedelta(minutes=5),
        heartbeat_at=now - timedelta(seconds=5),
    )
    sweep()
    run.refresh_from_db()
    assert run.status == RunStatus.RUNNING  # a moment's silence is no loss

    TrainingRun.objects.update(heartbeat_at=now - timedelta(seconds=30))
    sweep()
    run.refresh_from_db()
    assert run.status == RunStatus.LOST
    successor = run.successors.get()
    assert (successor.status, successor.mode) == (RunStatus.QUEUED, RunMode.FULL)
    assert successor.losses_in_a_row == 1


def test_a_run_that_is_lost_again_and_again_is_given_up(world: World) -> None:
    long_ago = timezone.now() - timedelta(hours=1)
    run = TrainingRun.objects.create(
        kind="sequence",
        mode="full",
        trigger="resumed",
        status=RunStatus.RUNNING,
        started_at=long_ago,
        losses_in_a_row=2,
    )
    sweep()
    run.refresh_from_db()
    assert run.status == RunStatus.LOST
    assert not run.successors.exists()
    assert "not taken up again" in run.log


def test_many_ratings_send_one_nudge(
    trained: World, sent: Sent, django_capture_on_commit_callbacks: Any
) -> None:
    cache.delete(NUDGE_CACHE_KEY)
    with django_capture_on_commit_callbacks(execute=True):
        trained.fan_of_even(ratings=10, name="eager")
    assert [task for task, _, _ in sent] == [SWEEP_TASK]


def test_rating_works_without_a_cache(
    world: World, settings: Any, sent: Sent, django_capture_on_commit_callbacks: Any
) -> None:
    settings.CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": "redis://127.0.0.1:1/0",
        }
    }
    with django_capture_on_commit_callbacks(execute=True):
        world.fan_of_even(ratings=1)
    assert Rating.objects.count() == 1
    assert sent == []


def test_a_dead_broker_is_told_and_borne(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(current_app.conf, "broker_url", "redis://127.0.0.1:1/0")
    assert broker.send(SWEEP_TASK) is False

"""The decision when to train, from observations alone: no database, no clock."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from recommender.models import RunMode, RunTrigger
from recommender.runs.schedule import Observation, Rules, decide

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
RULES = Rules(
    enabled=True,
    minimum_ratings=50,
    max_age=timedelta(days=7),
    debounce=timedelta(seconds=3),
    debounce_max=timedelta(seconds=15),
    rest=timedelta(seconds=30),
)
QUIET = Observation(
    rating_count=1000,
    newest_rating_at=NOW - timedelta(hours=1),
    has_version=True,
    new_ratings=4,
    needed=5,
    tripped_at=None,
    full_at=NOW - timedelta(days=1),
    changed_since_full=True,
    active=False,
    last_run_at=NOW - timedelta(hours=2),
    last_run_cancelled=False,
    failures=0,
)


def ago(seconds: float) -> datetime:
    return NOW - timedelta(seconds=seconds)


TRIPPED = replace(QUIET, new_ratings=5, tripped_at=ago(60), newest_rating_at=ago(60))


def test_too_few_new_ratings_wait() -> None:
    decision = decide(QUIET, RULES, NOW)
    assert not decision.train
    assert decision.reason == "4 new ratings of 5"


def test_enough_new_ratings_start_a_quick_update() -> None:
    decision = decide(TRIPPED, RULES, NOW)
    assert (decision.mode, decision.trigger) == (RunMode.QUICK, RunTrigger.RATINGS)


def test_no_version_yet_starts_a_full_training() -> None:
    first = replace(QUIET, has_version=False, full_at=None, last_run_at=None)
    decision = decide(first, RULES, NOW)
    assert (decision.mode, decision.trigger) == (RunMode.FULL, RunTrigger.FIRST)


def test_a_handful_of_ratings_is_not_trained_on() -> None:
    first = replace(QUIET, has_version=False, full_at=None, rating_count=49)
    assert not decide(first, RULES, NOW).train
    assert decide(replace(first, rating_count=50), RULES, NOW).train


def test_age_starts_a_full_retrain_only_if_something_changed() -> None:
    old = replace(QUIET, full_at=NOW - timedelta(days=7))
    decision = decide(old, RULES, NOW)
    assert (decision.mode, decision.trigger) == (RunMode.FULL, RunTrigger.AGE)
    assert not decide(replace(old, changed_since_full=False), RULES, NOW).train
    assert not decide(old, replace(RULES, max_age=None), NOW).train


def test_a_burst_is_waited_for() -> None:
    burst = replace(TRIPPED, tripped_at=ago(5), newest_rating_at=ago(1))
    decision = decide(burst, RULES, NOW)
    assert not decision.train
    assert decision.look_again_at == NOW + timedelta(seconds=2)
    assert decide(burst, RULES, NOW + timedelta(seconds=2)).train


def test_an_endless_burst_is_not_waited_for_for_ever() -> None:
    endless = replace(TRIPPED, tripped_at=ago(15), newest_rating_at=ago(0))
    assert decide(endless, RULES, NOW).train


def test_one_run_at_a_time() -> None:
    assert not decide(replace(TRIPPED, active=True), RULES, NOW).train


def test_a_rest_between_runs() -> None:
    just_ended = replace(TRIPPED, last_run_at=ago(10))
    decision = decide(just_ended, RULES, NOW)
    assert not decision.train
    assert decision.look_again_at == NOW + timedelta(seconds=20)


@pytest.mark.parametrize(("failures", "rest"), [(1, 60), (2, 120), (3, 240), (30, 3600)])
def test_failures_double_the_rest_up_to_an_hour(failures: int, rest: int) -> None:
    failed = replace(TRIPPED, failures=failures)
    assert not decide(replace(failed, last_run_at=ago(rest - 1)), RULES, NOW).train
    assert decide(replace(failed, last_run_at=ago(rest)), RULES, NOW).train


def test_a_cancelled_run_stays_cancelled_until_the_next_rating() -> None:
    cancelled = replace(
        TRIPPED, last_run_cancelled=True, last_run_at=ago(100), newest_rating_at=ago(200)
    )
    assert not decide(cancelled, RULES, NOW).train
    assert decide(replace(cancelled, newest_rating_at=ago(50)), RULES, NOW).train


def test_switched_off() -> None:
    assert not decide(TRIPPED, replace(RULES, enabled=False), NOW).train


def test_the_decision_depends_on_nothing_else() -> None:
    """The same observation and clock always give the same answer."""
    assert decide(TRIPPED, RULES, NOW) == decide(TRIPPED, RULES, NOW)

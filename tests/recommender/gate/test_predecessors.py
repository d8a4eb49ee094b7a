"""Which earlier version a candidate has to stand up to besides the live one."""

from datetime import timedelta

import pytest
from django.utils import timezone

from recommender.gate.predecessors import best_before
from recommender.models import ModelVersion

pytestmark = pytest.mark.django_db


def lived(gains: list[float | None], opponents: list[int] | None = None) -> list[ModelVersion]:
    """Versions one after the other, the last live; each measured against the one before it."""
    made: list[ModelVersion] = []
    now = timezone.now()
    for place, gain in enumerate(gains):
        last = place + 1 == len(gains)
        metrics: dict[str, float] = {}
        if made and gain is not None:
            opponent = made[opponents[place]] if opponents else made[-1]
            metrics = {"gate_gain": gain, "gate_opponent": opponent.pk}
        made.append(
            ModelVersion.objects.create(
                kind="sequence",
                status="live" if last else "retired",
                artifact=f"sequence/{place}",
                trained_at=now,
                published_at=now + timedelta(hours=place),
                metrics=metrics,
            )
        )
    return made


def test_nothing_before_the_first() -> None:
    (live,) = lived([0.0])
    assert best_before(live) is None


def test_small_losses_add_up() -> None:
    first, *_, live = lived([0.0, -0.003, -0.003, -0.003])
    assert best_before(live) == first


def test_the_live_one_is_the_best_while_it_gets_better() -> None:
    *_, live = lived([0.0, 0.01, -0.005, 0.006])
    assert best_before(live) is None


def test_the_top_of_ups_and_downs() -> None:
    _, second, *_, live = lived([0.0, 0.02, -0.01, 0.005])
    assert best_before(live) == second


def test_a_step_counts_from_whom_it_was_measured_against() -> None:
    """The third was compared with the first again, after a roll-back."""
    first, _second, live = lived([0.0, 0.05, -0.01], [0, 0, 0])
    assert best_before(live) == _second
    ModelVersion.objects.filter(pk=_second.pk).update(status="rejected")
    assert best_before(live) == first


def test_only_the_last_five_and_only_those_with_files() -> None:
    versions = lived([0.0, -0.1, 0.001, 0.001, 0.001, 0.001])
    assert best_before(versions[-1]) is None
    four = lived_again(versions)
    assert best_before(four) is None


def lived_again(versions: list[ModelVersion]) -> ModelVersion:
    """The same with the losing step among the five, whose better predecessor lost its files."""
    ModelVersion.objects.filter(pk=versions[1].pk).update(metrics={})
    ModelVersion.objects.filter(pk=versions[2].pk).update(
        metrics={"gate_gain": -0.1, "gate_opponent": versions[1].pk}
    )
    live = ModelVersion.objects.get(pk=versions[-1].pk)
    assert best_before(live) == versions[1]
    ModelVersion.objects.filter(pk=versions[1].pk).update(artifact="")
    return live


def test_what_was_not_measured_changes_nothing() -> None:
    _, second, _unknown, live = lived([0.0, 0.02, None, -0.001])
    assert best_before(live) in (second, _unknown)

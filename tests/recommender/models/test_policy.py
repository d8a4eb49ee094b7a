"""The settings of the gate move to the sharper one: what an operator chose stays."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.apps.registry import Apps
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from tests.empty_database import empty_database

BEFORE = [("recommender", "0005_departures")]
AFTER = [("recommender", "0006_sharper_gate")]
MARGINS = ("gate_stars_margin_percent", "gate_next_margin_percent", "gate_page_margin_percent")

pytestmark = pytest.mark.django_db(transaction=True)


def migrated(targets: list[tuple[str, str]]) -> Apps:
    MigrationExecutor(connection).migrate(targets)
    return MigrationExecutor(connection).loader.project_state(targets).apps


@pytest.fixture
def before() -> Iterator[Apps]:
    """The models of the version before, in a database that has come no further."""
    with empty_database():
        yield migrated(BEFORE)


def after(before: Apps, **chosen: float) -> Any:
    before.get_model("recommender", "RetrainingPolicy").objects.create(pk=1, **chosen)
    return migrated(AFTER).get_model("recommender", "RetrainingPolicy").objects.get()


def test_defaults_become_the_new_ones(before: Apps) -> None:
    policy = after(before)
    assert [getattr(policy, name) for name in MARGINS] == [0.2, 0.5, 4.0]
    assert policy.gate_questions == 20_000
    assert policy.gate_certainty_percent == 95


def test_what_was_chosen_stays(before: Apps) -> None:
    policy = after(before, gate_margin_percent=3.0, gate_questions=700, gate_certainty_percent=60)
    assert [getattr(policy, name) for name in MARGINS] == [3.0, 3.0, 3.0]
    assert policy.gate_questions == 700
    assert policy.gate_certainty_percent == 60
    earlier = migrated(BEFORE).get_model("recommender", "RetrainingPolicy").objects.get()
    assert earlier.gate_margin_percent == 3.0

"""Whether the process lives and can serve."""

from typing import Any
from unittest import mock

import pytest
from django.db import DatabaseError
from django.test import Client
from redis.exceptions import ConnectionError as RedisConnectionError

from moviesite import health
from tests.recommender.world import World


def ready() -> tuple[int, dict[str, Any]]:
    answer = Client().get("/health/ready")
    return answer.status_code, answer.json()


def test_the_process_lives() -> None:
    answer = Client().get("/health/live")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


def test_ready_names_the_versions_that_are_served(world: World) -> None:
    status, answer = ready()
    assert status == 200
    assert answer["models"] == {"factorization": None, "sequence": None}
    factorization, sequence = world.publish()
    status, answer = ready()
    assert status == 200
    assert answer["status"] == "ok"
    assert answer["checks"] == {"database": "ok", "migrations": "ok", "cache": "ok"}
    assert answer["models"]["factorization"]["version"] == f"factorization/{factorization.pk}"
    assert answer["models"]["sequence"]["version"] == f"sequence/{sequence.pk}"
    assert answer["models"]["sequence"]["trained_at"]


def test_without_a_database_it_is_not_ready(db: None) -> None:
    with mock.patch.object(health.connection, "cursor", side_effect=DatabaseError):
        status, answer = ready()
    assert (status, answer["status"]) == (503, "unavailable")
    assert answer["checks"]["database"] == "unreachable"


def test_without_a_cache_it_is_not_ready(db: None) -> None:
    with mock.patch.object(health.cache, "get", side_effect=RedisConnectionError):
        status, answer = ready()
    assert (status, answer["checks"]["cache"]) == (503, "unreachable")


def test_with_migrations_to_come_it_is_not_ready(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "_migrated", False)
    monkeypatch.setattr(health.MigrationExecutor, "migration_plan", lambda *_: ["one"])
    status, answer = ready()
    assert (status, answer["checks"]["migrations"]) == (503, "pending")

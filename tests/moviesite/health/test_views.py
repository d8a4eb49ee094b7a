"""Whether the process lives and can serve."""

from typing import Any

import pytest
from django.test import Client

from moviesite.health import checks, report
from tests.recommender.world import World


@pytest.fixture(autouse=True)
def look_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(report, "KEPT_SECONDS", -1.0)


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
    assert answer["models"]["factorization"]["version"] == f"factorization/{factorization.pk}"
    assert answer["models"]["sequence"]["version"] == f"sequence/{sequence.pk}"
    assert answer["models"]["sequence"]["trained_at"]


def test_what_no_page_needs_leaves_the_site_ready_with_less(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(checks.USEFUL, "cache", lambda: "unreachable")
    status, answer = ready()
    assert (status, answer["status"]) == (200, "degraded")
    assert answer["checks"]["cache"] == "unreachable"
    assert answer["checks"]["worker"] == "never seen"


@pytest.mark.parametrize(
    ("name", "word"),
    [("database", "not writable"), ("migrations", "pending"), ("disk", "full")],
)
def test_without_what_pages_need_it_is_not_ready(
    world: World, monkeypatch: pytest.MonkeyPatch, name: str, word: str
) -> None:
    monkeypatch.setitem(checks.VITAL, name, lambda: word)
    status, answer = ready()
    assert (status, answer["status"]) == (503, "unavailable")
    assert answer["checks"][name] == word


def test_without_a_database_it_says_so_and_asks_it_nothing_more(
    db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(checks.VITAL, "database", lambda: "unreachable")
    status, answer = ready()
    assert (status, answer["status"]) == (503, "unavailable")
    assert answer["checks"]["database"] == "unreachable"
    assert answer["checks"]["beat"] == "unknown"

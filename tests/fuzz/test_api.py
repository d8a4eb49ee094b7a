"""Schemathesis asks each operation what its description allows, and what it does not."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from django.core.cache import cache
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.config import SchemathesisConfig

from moviesite.accounts.tokens import create_token
from recommender.models import Scenario
from tests.fuzz import CASES
from tests.recommender.world import World

# Sent as described, and still refused: a film that is not there, a day that has not come, two
# years in the wrong order. A description cannot say these.
UNDESCRIBABLE = ["2xx", "400", "401", "403", "404", "409", "422"]
CHECKS = {
    "positive_data_acceptance": {"expected-statuses": UNDESCRIBABLE},
}
SETTINGS = settings(
    max_examples=CASES,
    deadline=None,
    database=None,
    derandomize=CASES < 100,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture
def one_connection() -> Iterator[None]:
    """The connection of the test outlives each request, as with Django's own client."""
    ends = (request_started, request_finished)
    for end in ends:
        end.disconnect(close_old_connections)
    yield
    for end in ends:
        end.connect(close_old_connections)


@pytest.fixture
def bearer(world: World, settings: Any) -> dict[str, str]:
    settings.MATINEE_API_RATE = 0
    world.publish()
    Scenario.objects.create(name="tonight")
    ada = world.fan_of_even()
    ada.is_superuser = ada.is_staff = True
    ada.save()
    # Werkzeug's client, which asks here, unpacks nothing.
    return {
        "Accept-Encoding": "identity",
        "Authorization": f"Bearer {create_token(ada, 'fuzz', scope='admin')[1]}",
    }  # type: ignore[arg-type]


@pytest.mark.timeout(0 if CASES > 100 else 900)
def test_each_operation_answers_as_described(
    bearer: dict[str, str],
    one_connection: None,
    plain_static: None,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("catalog.member_import.request.send", lambda *_: None)
    schema = schemathesis.openapi.from_wsgi(
        "/api/v1/openapi.json",
        get_wsgi_application(),
        config=SchemathesisConfig.from_dict({"checks": CHECKS}),
    )
    failed: dict[str, str] = {}
    asked = 0
    for found in schema.get_all_operations():
        operation = found.ok()
        for mode in GenerationMode:
            try:
                asked += ask(operation, mode, bearer)
            except schemathesis.core.failures.FailureGroup as error:
                failed[f"{operation.label} {mode.value}"] = "\n".join(
                    f"{one.title}: {one.message}" for one in error.exceptions
                )
            except schemathesis.errors.InvalidSchema as error:
                failed[operation.label] = str(error)
    print(f"{asked} cases")
    assert asked > 100 * CASES
    assert failed == {}, "\n\n".join(f"{name}\n{text}" for name, text in failed.items())


def ask(operation: Any, mode: GenerationMode, headers: dict[str, str]) -> int:
    """Returns how many cases there were."""
    asked = 0

    @SETTINGS
    @given(case=operation.as_strategy(generation_mode=mode))
    def send(case: Any) -> None:
        nonlocal asked
        asked += 1
        cache.clear()
        case.call_and_validate(headers=headers)

    send()
    return asked

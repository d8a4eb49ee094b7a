"""A site with films, models, and a member who has something of everything."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from django.core.cache import cache
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from schemathesis.config import SchemathesisConfig

from moviesite.accounts.tokens import create_token
from recommender.models import Scenario
from tests.fuzz.first_of_each import give_the_first_of_each
from tests.recommender.conftest import artifacts, fresh_process, plain_static, world
from tests.recommender.world import World

__all__ = ["artifacts", "fresh_process", "plain_static", "world"]

# Sent as described, and still refused: a film that is not there, a day that has not come, two
# years in the wrong order. A description cannot say these.
UNDESCRIBABLE = ["2xx", "400", "401", "403", "404", "409", "422"]
CHECKS = {"positive_data_acceptance": {"expected-statuses": UNDESCRIBABLE}}


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
    give_the_first_of_each(ada.pk)
    # Werkzeug's client, which asks here, unpacks nothing.
    return {
        "Accept-Encoding": "identity",
        "Authorization": f"Bearer {create_token(ada, 'fuzz', scope='admin')[1]}",
    }  # type: ignore[arg-type]


@pytest.fixture
def described(
    one_connection: None, plain_static: None, monkeypatch: pytest.MonkeyPatch
) -> schemathesis.BaseSchema:
    """The API by its description; all checks of Schemathesis are on."""
    monkeypatch.setattr("catalog.member_import.request.send", lambda *_: None)
    cache.clear()
    return schemathesis.openapi.from_wsgi(
        "/api/v1/openapi.json",
        get_wsgi_application(),
        config=SchemathesisConfig.from_dict({"checks": CHECKS}),
    )

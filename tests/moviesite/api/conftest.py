"""The recommender's small world and a member in it, whose requests are counted anew."""

from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from tests.recommender.world import World


@pytest.fixture(autouse=True)
def fresh_throttle(plain_static: None) -> None:
    cache.clear()


@pytest.fixture
def ada(world: World) -> Any:
    return world.fan_of_even()


@pytest.fixture
def member(ada: Any) -> Client:
    client = Client()
    client.force_login(ada)
    return client

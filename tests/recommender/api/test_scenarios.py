"""Scenarios in the JSON API."""

import pytest
from django.test import Client

from recommender.models import Scenario
from tests.recommender.world import World


@pytest.fixture
def member(world: World) -> Client:
    world.publish()
    Scenario.objects.create(
        name="old-films", description="From before", rules={"filters": {"year_to": 1980}}
    )
    Scenario.objects.create(name="secret", is_active=False)
    client = Client()
    client.force_login(world.fan_of_even())
    return client


def test_active_ones_are_listed_for_everybody(member: Client) -> None:
    listed = Client().get("/api/v1/scenarios").json()
    one = {"name": "old-films", "description": "From before", "question": "picks"}
    assert listed == {"items": [one], "count": 1, "next": None}


def test_a_member_asks_by_name(member: Client) -> None:
    answer = member.get("/api/v1/me/scenarios/old-films?n=5")
    assert answer.status_code == 200, answer.content
    items = answer.json()["items"]
    assert len(items) == 5
    assert all(one["movie"]["year"] <= 1980 for one in items)


def test_somebody_without_an_account_asks_by_films(member: Client, world: World) -> None:
    body = {"movies": [world.even[3]], "n": 3}
    answer = Client().post("/api/v1/scenarios/old-films", body, content_type="application/json")
    assert answer.status_code == 200, answer.content
    assert answer.json()["count"] == 3


@pytest.mark.parametrize("name", ["secret", "unknown"])
def test_others_are_not_there(member: Client, name: str) -> None:
    assert member.get(f"/api/v1/me/scenarios/{name}").status_code == 404

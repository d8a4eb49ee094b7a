"""Saved filters in the JSON API."""

from typing import Any

import pytest
from django.test import Client

from recommender.models import Preferences
from tests.recommender.world import World

FILTERS = "/api/v1/me/filters"


@pytest.fixture
def member(world: World) -> Client:
    world.publish()
    client = Client()
    client.force_login(world.fan_of_even())
    return client


def put(member: Client, body: Any) -> Any:
    return member.put(FILTERS, body, content_type="application/json")


def test_filters_are_saved_and_hold(member: Client, world: World) -> None:
    defaults = member.get(FILTERS).json()
    assert defaults["include_genres"] == []
    wanted = {"include_genres": [world.genres[0].pk], "year_from": 1990, "diversity": 0.5}
    saved = put(member, wanted)
    assert saved.status_code == 200, saved.content
    assert saved.json() == {**defaults, **wanted}
    assert member.get(FILTERS).json() == saved.json()
    items = member.get("/api/v1/me/recommendations?n=50").json()["items"]
    assert items
    assert all(one["movie"]["year"] >= 1990 for one in items)
    for _ in range(2):
        assert member.delete(FILTERS).status_code == 204
    assert member.get(FILTERS).json() == defaults


@pytest.mark.parametrize(
    "wrong",
    [
        {"include_genres": [999_999]},
        {"year_from": 2000, "year_to": 1990},
        {"year_from": True},
        {"diversity": 2},
        {"languages": ["klingon"]},
        {"popularity": "loud"},
    ],
)
def test_what_makes_no_sense_is_not_saved(member: Client, wrong: dict[str, Any]) -> None:
    assert put(member, wrong).status_code == 422
    assert not Preferences.objects.exists()

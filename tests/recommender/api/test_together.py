"""Watch together in the JSON API."""

import pytest
from django.test import Client
from django.utils import timezone

from catalog.models import Friendship
from tests.recommender.world import World

TOGETHER = "/api/v1/me/together"


@pytest.fixture
def member(world: World) -> Client:
    world.publish()
    ada, bob, cleo = (world.fan_of_even(name=name) for name in ("ada", "bob", "cleo"))
    Friendship.objects.create(sender=ada, receiver=bob, accepted_at=timezone.now())
    assert cleo
    client = Client()
    client.force_login(ada)
    return client


def test_films_for_two_friends_and_nobody_else(member: Client) -> None:
    answer = member.get(f"{TOGETHER}?member=bob&member=cleo&n=3")
    assert answer.status_code == 200, answer.content
    found = answer.json()
    assert found["members"] == ["bob"], "whoever is no friend is left out"
    assert len(found["items"]) == found["count"] == 3
    assert all(one["least"] <= one["average"] for one in found["items"])
    assert member.get(f"{TOGETHER}?member=cleo").json()["items"] == []


def test_somebody_has_to_be_named(member: Client) -> None:
    assert member.get(TOGETHER).status_code == 422

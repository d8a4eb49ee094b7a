"""Films seen in the JSON API."""

from typing import Any

import pytest
from django.contrib.auth.models import AbstractUser
from django.test import Client

from catalog.models import SeenMovie
from catalog.services.seen import mark_seen
from tests.recommender.world import World

SEEN = "/api/v1/me/seen"


@pytest.fixture
def ada(world: World) -> AbstractUser:
    world.publish()
    return world.fan_of_even()


@pytest.fixture
def client(ada: AbstractUser) -> Client:
    client = Client()
    client.force_login(ada)
    return client


def put(client: Client, movie: int, body: Any) -> Any:
    return client.put(f"{SEEN}/{movie}", body, content_type="application/json")


def recommended(client: Client, name: str) -> list[int]:
    answer = client.get(f"/api/v1/me/{name}?n=100").json()
    return [item["movie"]["id"] for item in answer["items"]]


def test_marks_are_put_listed_and_deleted(client: Client, world: World) -> None:
    dated, undated = world.movies[30].pk, world.movies[31].pk
    answer = put(client, dated, {"watched_on": "2026-11-28"})
    assert answer.status_code == 200
    assert (answer.json()["movie"]["id"], answer.json()["watched_on"]) == (dated, "2026-11-28")
    assert answer.json()["marked_at"]
    assert put(client, undated, {}).json()["watched_on"] is None
    listed = client.get(f"{SEEN}?limit=1").json()
    assert listed["count"] == 2
    assert [item["movie"]["id"] for item in listed["items"]] == [undated], "the latest first"
    assert put(client, dated, {}).json()["watched_on"] is None, "what is put replaces what was"
    for _ in range(2):
        assert client.delete(f"{SEEN}/{dated}").status_code == 204
    assert client.get(SEEN).json()["count"] == 1


def test_what_is_marked_is_recommended_no_more(client: Client) -> None:
    for name in ("recommendations", "watch-next"):
        best = recommended(client, name)[0]
        assert put(client, best, {}).status_code == 200
        assert best not in recommended(client, name)
        client.delete(f"{SEEN}/{best}")
        assert recommended(client, name)[0] == best


@pytest.mark.parametrize("day", ["2999-01-01", "1890-01-01", "yesterday", "2026-02-30", 7.5])
def test_a_day_that_cannot_be_is_unprocessable(client: Client, world: World, day: Any) -> None:
    answer = put(client, world.movies[30].pk, {"watched_on": day})
    assert answer.status_code == 422
    assert answer.json()["detail"][0]["loc"][-1] == "watched_on"
    assert not SeenMovie.objects.exists()


def test_a_movie_that_is_not_there_is_not_found(client: Client) -> None:
    assert put(client, 999_999_999, {}).status_code == 404
    assert client.delete(f"{SEEN}/999999999").status_code == 404


def test_only_ones_own(client: Client, world: World) -> None:
    mark_seen(user_id=world.member("eve").pk, movie=world.movies[30])
    assert client.get(SEEN).json() == {"items": [], "count": 0}
    assert client.delete(f"{SEEN}/{world.movies[30].pk}").status_code == 204
    assert SeenMovie.objects.count() == 1

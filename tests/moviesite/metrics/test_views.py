"""The page that Prometheus reads."""

import re
from typing import Any

import pytest
from django.test import Client
from prometheus_client.parser import text_string_to_metric_families

from catalog.broker import send
from catalog.services.ratings import rate
from moviesite.metrics.instruments import observe_recommending
from recommender.data import stage_times
from tests.recommender.conftest import plain_static
from tests.recommender.world import World

__all__ = ["plain_static"]

TOKEN = "a-token-of-prometheus"


def page(client: Client, token: str = TOKEN) -> dict[str, list[Any]]:
    answer = client.get("/metrics", HTTP_AUTHORIZATION=f"Bearer {token}")
    assert answer.status_code == 200
    families = text_string_to_metric_families(answer.content.decode())
    return {sample.name: family.samples for family in families for sample in family.samples}


@pytest.fixture
def watched(settings: Any, plain_static: None) -> Client:
    settings.MATINEE_METRICS_TOKEN = TOKEN
    return Client()


def test_without_the_token_there_is_nothing(db: None, settings: Any, plain_static: None) -> None:
    for token in ("", TOKEN):
        settings.MATINEE_METRICS_TOKEN = token
        for given in ("", "Bearer ", "Bearer wrong", token):
            assert Client().get("/metrics", HTTP_AUTHORIZATION=given).status_code == 404


def test_requests_are_counted_by_route_and_never_by_address(world: World, watched: Client) -> None:
    movie = world.movies[0]
    watched.get(movie.get_absolute_url())
    watched.get("/no/such/page")
    found = page(watched)
    routes = {sample.labels["route"]: sample for sample in found["matinee_requests_total"]}
    assert routes["/movies/<int:pk>-<slug:slug>/"].value >= 1
    assert routes["none"].labels["status"] == "404"
    assert not any(re.search(r"/\d", route) for route in routes)
    assert "matinee_request_seconds_bucket" in found


def test_the_state_of_the_site(world: World, watched: Client, django_user_model: Any) -> None:
    world.publish()
    member = django_user_model.objects.create_user("ada")
    rate(user_id=member.pk, movie=world.movies[0], half_stars=8)
    found = page(watched)
    assert {
        sample.labels["part"]: sample.value for sample in found["matinee_part_up"]
    } == dict.fromkeys(
        (
            *("health", "ratings", "trainings", "versions"),
            *("queues", "cache", "database", "disks"),
        ),
        1.0,
    )
    assert found["matinee_ratings"][0].value > 0
    assert {one.labels["kind"] for one in found["matinee_live_version_age_seconds"]} == {
        "factorization",
        "sequence",
    }
    assert {one.labels["queue"] for one in found["matinee_queue_messages"]} == {
        "default",
        "training",
    }


def test_stages_of_recommending_are_timed(world: World, watched: Client) -> None:
    world.publish()
    try:
        observe_recommending()
        body = {"movies": [world.movies[0].pk], "n": 3}
        watched.post("/api/v1/watch-next", body, content_type="application/json")
        stages = {
            one.labels["stage"] for one in page(watched)["matinee_recommending_seconds_count"]
        }
    finally:
        stage_times.observers.clear()
    assert {"fold in", "stars", "next film", "rank"} <= stages


def test_what_cannot_be_asked_is_missing_and_told(
    world: World, watched: Client, settings: Any
) -> None:
    settings.CELERY_BROKER_URL = "redis://127.0.0.1:1/0"
    found = page(watched)
    assert {s.labels["part"]: s.value for s in found["matinee_part_up"]}["queues"] == 0
    assert "matinee_queue_messages" not in found
    assert "matinee_films" in found


def test_the_age_of_what_waits(world: World, watched: Client) -> None:
    assert send("moviesite.health.tasks.look_after_site")
    ages = {one.labels["queue"]: one.value for one in page(watched)["matinee_queue_age_seconds"]}
    assert 0 <= ages["default"] < 3600

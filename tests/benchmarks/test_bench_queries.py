"""What the benchmark of queries measures, on a few films."""

import pytest
from django.db import connection
from django.test import Client

from tests.benchmarks.bench_queries import MOST_MS, cost_of, costs_of, of_api, queries
from tests.recommender.conftest import artifacts, fresh_process, plain_static, world
from tests.recommender.world import World

__all__ = ["artifacts", "fresh_process", "plain_static", "world"]


@pytest.mark.usefixtures("plain_static")
def test_all_pages_of_a_member_are_measured(
    world: World, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tests.benchmarks.bench_queries.TIMES", 1)
    world.publish()
    client.force_login(world.fan_of_even())
    costs = list(costs_of("member", client))
    asked = {cost.address for cost in costs}
    assert {"/", "/ratings/", "/movies/?sort=best&page=100", "/api/v1/me/ratings"} <= asked
    assert len(asked) > 100
    assert all(cost.queries for cost in costs if cost.address.startswith("/movies/?"))


@pytest.mark.django_db
def test_the_time_of_a_query_is_the_databases(world: World) -> None:
    assert len(set(of_api())) > 20
    with queries() as asked, connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(0.35)")
    [(ms, sql)] = asked
    assert ms > MOST_MS
    assert "pg_sleep" in sql


@pytest.mark.usefixtures("plain_static")
def test_a_page_that_breaks_ends_the_measurement(
    world: World, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.raise_request_exception = False
    monkeypatch.setattr("catalog.views.browse.PAGE_SIZE", "a page")
    with pytest.raises(RuntimeError, match="answered 500"):
        cost_of("visitor", client, "/movies/")

"""Films of TMDB in the JSON API."""

from typing import Any

import pytest
from django.test import Client

from catalog.models import FilmRequest, Movie
from catalog.services.film_requests import work_on_request
from tests.stand_in_tmdb import Fault, StandInTmdb, dune

API = "/api/v1"


def post(client: Client, body: Any) -> Any:
    return client.post(f"{API}/film-requests", body, content_type="application/json")


def test_search_add_and_look(member: Client, tmdb: StandInTmdb) -> None:
    tmdb.add(dune())
    found = member.get(f"{API}/elsewhere", {"search": "dune"}).json()
    assert found["count"] == 1
    assert found["items"][0]["tmdb"] == 438631
    assert found["items"][0]["movie_id"] is None
    answer = post(member, {"tmdb": 438631})
    assert answer.status_code == 202
    asked = answer.json()
    assert (asked["state"], asked["problem"], asked["movie"]) == ("waiting", None, None)
    work_on_request(asked["id"])
    done = member.get(f"{API}/film-requests/{asked['id']}").json()
    assert done["state"] == "done"
    assert done["movie"]["id"] == Movie.objects.get().pk
    found = member.get(f"{API}/elsewhere", {"search": "dune"}).json()
    assert found["items"][0]["movie_id"] == done["movie"]["id"]


def test_a_problem(member: Client, tmdb: StandInTmdb) -> None:
    asked = post(member, {"tmdb": 5}).json()
    work_on_request(asked["id"])
    failed = member.get(f"{API}/film-requests/{asked['id']}").json()
    assert (failed["state"], failed["problem"]) == ("failed", "not-there")


@pytest.mark.parametrize("tmdb_id", [0, -1, 2**31, "x", None, 1.5])
def test_no_id(member: Client, tmdb: StandInTmdb, tmdb_id: Any) -> None:
    assert post(member, {"tmdb": tmdb_id}).status_code == 422


def test_limits(member: Client, tmdb: StandInTmdb, settings: Any) -> None:
    settings.MATINEE_ADD_FILMS_DAILY = 0
    assert post(member, {"tmdb": 5}).status_code == 429
    settings.MATINEE_ADD_FILMS = "editors"
    assert post(member, {"tmdb": 5}).status_code == 403
    assert member.get(f"{API}/elsewhere", {"search": "dune"}).status_code == 403
    assert Client().get(f"{API}/elsewhere", {"search": "dune"}).status_code == 401


def test_tmdb_does_not_answer(member: Client, tmdb: StandInTmdb) -> None:
    tmdb.faults = [Fault(401)]
    answer = member.get(f"{API}/elsewhere", {"search": "dune"})
    assert answer.status_code == 503
    assert "refuses the key" in answer.json()["detail"]


def test_only_ones_own(member: Client, tmdb: StandInTmdb, django_user_model: Any) -> None:
    eve = django_user_model.objects.create_user("eve")
    other = FilmRequest.objects.create(user=eve, tmdb_id=5)
    assert member.get(f"{API}/film-requests/{other.pk}").status_code == 404

"""Lists in the JSON API."""

from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from catalog.models import Movie, MovieList
from catalog.services.lists import make_list

LISTS = "/api/v1/me/lists"
JSON = "application/json"


def make(member: Client, **values: Any) -> Any:
    return member.post(LISTS, {"title": "Rain", **values}, content_type=JSON)


def order(member: Client, key: int) -> list[int]:
    listed = member.get(f"{LISTS}/{key}/films?limit=100").json()
    assert listed["count"] == len(listed["items"])
    return [one["movie"]["id"] for one in listed["items"]]


def test_a_list_is_made_with_films_changed_and_deleted(member: Client, films: list[Movie]) -> None:
    keys = [film.pk for film in films[:3]]
    made = make(member, movies=keys, description="for Sundays")
    assert made.status_code == 201, made.content
    one = made.json()
    assert (one["title"], one["size"], one["is_public"]) == ("Rain", 3, False)
    address = f"{LISTS}/{one['id']}"
    changed = member.patch(address, {"is_public": True}, content_type=JSON).json()
    assert (changed["title"], changed["is_public"]) == ("Rain", True)
    assert changed["description"] == "for Sundays", "what is left out stays"
    assert member.get(address).json() == changed
    assert member.get(LISTS).json() == {"items": [changed], "count": 1, "next": None}
    assert order(member, one["id"]) == keys
    for _ in range(2):
        assert member.delete(address).status_code == 204
    assert member.get(address).status_code == 404


def test_films_are_put_moved_noted_and_taken_off(member: Client, films: list[Movie]) -> None:
    first, second, third = (film.pk for film in films[:3])
    key = make(member, movies=[first, second]).json()["id"]
    put = member.put(f"{LISTS}/{key}/films/{third}", {"place": 1}, content_type=JSON)
    assert put.status_code == 200, put.content
    assert order(member, key) == [third, first, second]
    noted = member.put(f"{LISTS}/{key}/films/{first}", {"note": "twice"}, content_type=JSON)
    assert noted.json()["note"] == "twice"
    assert order(member, key) == [third, first, second]
    for _ in range(2):
        assert member.delete(f"{LISTS}/{key}/films/{first}").status_code == 204
    assert order(member, key) == [third, second]


@pytest.mark.parametrize(
    "values",
    [
        {"title": " "},
        {"title": "x" * 101},
        {"title": "x" * 100 + " "},
        {"movies": [999_999_999]},
        {"movies": [True]},
    ],
)
def test_what_makes_no_sense_makes_no_list(member: Client, values: dict[str, Any]) -> None:
    assert make(member, **values).status_code == 422
    assert not MovieList.objects.exists()


def test_a_limit_is_a_conflict(
    member: Client, films: list[Movie], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(MovieList, "MOST_FILMS", 2)
    answer = make(member, movies=[film.pk for film in films[:3]])
    assert answer.status_code == 409
    assert "at most 2 films" in answer.json()["detail"]
    assert not MovieList.objects.exists(), "not even an empty one"


def test_another_members_list_is_not_there(member: Client, films: list[Movie]) -> None:
    eve = get_user_model().objects.create_user("eve")
    hers = make_list(user_id=eve.pk, title="Hers", is_public=True)
    address = f"{LISTS}/{hers.pk}"
    assert member.get(address).status_code == 404
    assert member.patch(address, {"title": "Mine"}, content_type=JSON).status_code == 404
    assert member.put(f"{address}/films/{films[0].pk}", {}, content_type=JSON).status_code == 404
    assert member.delete(address).status_code == 204
    assert MovieList.objects.get().title == "Hers"

"""Films seen in the JSON API."""

from typing import Any

import pytest
from django.test import Client

from catalog.models import Movie, SeenMovie
from catalog.services.seen import mark_seen

SEEN = "/api/v1/me/seen"


def put(member: Client, movie: int, body: Any) -> Any:
    return member.put(f"{SEEN}/{movie}", body, content_type="application/json")


def test_marks_are_put_listed_and_deleted(member: Client, films: list[Movie]) -> None:
    dated, undated = films[30].pk, films[31].pk
    answer = put(member, dated, {"watched_on": "2026-11-28"})
    assert answer.status_code == 200
    assert (answer.json()["movie"]["id"], answer.json()["watched_on"]) == (dated, "2026-11-28")
    assert answer.json()["marked_at"]
    assert put(member, undated, {}).json()["watched_on"] is None
    listed = member.get(f"{SEEN}?limit=1").json()
    assert listed["count"] == 2
    assert [item["movie"]["id"] for item in listed["items"]] == [undated], "the latest first"
    assert put(member, dated, {}).json()["watched_on"] is None, "what is put replaces what was"
    for _ in range(2):
        assert member.delete(f"{SEEN}/{dated}").status_code == 204
    assert member.get(SEEN).json()["count"] == 1


@pytest.mark.parametrize("day", ["2999-01-01", "1890-01-01", "yesterday", "2026-02-30", 7.5, 0])
def test_a_day_that_cannot_be_is_unprocessable(
    member: Client, films: list[Movie], day: Any
) -> None:
    answer = put(member, films[30].pk, {"watched_on": day})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["loc"][-1] == "watched_on"
    assert not SeenMovie.objects.exists()


def test_a_movie_that_is_not_there_is_not_found(member: Client) -> None:
    assert put(member, 999_999_999, {}).status_code == 404
    assert member.delete(f"{SEEN}/999999999").status_code == 404


def test_only_ones_own(member: Client, films: list[Movie], django_user_model: Any) -> None:
    eve = django_user_model.objects.create_user("eve")
    mark_seen(user_id=eve.pk, movie=films[30])
    assert member.get(SEEN).json() == {"items": [], "count": 0, "next": None}
    assert member.delete(f"{SEEN}/{films[30].pk}").status_code == 204
    assert SeenMovie.objects.count() == 1

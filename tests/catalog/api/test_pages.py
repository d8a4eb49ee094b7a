"""Long lists in parts: by cursors, and by offsets as before."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from catalog.models import Movie, Rating

RATINGS = "/api/v1/me/ratings"
MOVIES = "/api/v1/movies"


def keys(part: Any) -> list[int]:
    return [one["movie"]["id"] for one in part["items"]]


@pytest.fixture
def rated(member: Client, films: list[Movie]) -> list[int]:
    """Seven ratings of one moment and six of others; the films in the API's order."""
    now, user_id = timezone.now(), int(member.session["_auth_user_id"])
    Rating.objects.bulk_create(
        Rating(
            user_id=user_id,
            movie=film,
            half_stars=8,
            rated_at=now - timedelta(days=max(place - 6, 0)),
        )
        for place, film in enumerate(films[:13])
    )
    mine = Rating.objects.filter(user_id=user_id).order_by("-rated_at", "-pk")
    return list(mine.values_list("movie_id", flat=True))


def test_following_the_cursors_reads_each_item_once(member: Client, rated: list[int]) -> None:
    read: list[int] = []
    query: dict[str, Any] = {"limit": 4}
    while query:
        part = member.get(RATINGS, query).json()
        assert part["count"] == 13
        read += keys(part)
        query = {"limit": 4, "cursor": part["next"]} if part["next"] else {}
    assert read == rated


def test_what_comes_and_goes_meanwhile_shifts_nothing(
    member: Client, films: list[Movie], rated: list[int]
) -> None:
    first = member.get(RATINGS, {"limit": 5}).json()
    for film in first["items"]:
        member.delete(f"{RATINGS}/{film['movie']['id']}")
    member.put(f"{RATINGS}/{films[20].pk}", {"rating": 3}, content_type="application/json")
    second = member.get(RATINGS, {"limit": 5, "cursor": first["next"]}).json()
    assert keys(second) == rated[5:10]


def test_offsets_go_on_as_before(member: Client, rated: list[int]) -> None:
    assert keys(member.get(f"{RATINGS}?limit=4&offset=8").json()) == rated[8:12]
    last = member.get(f"{RATINGS}?limit=4&offset=12").json()
    assert (keys(last), last["next"]) == (rated[12:], None)


def test_an_unchanged_part_keeps_its_etag(member: Client, rated: list[int]) -> None:
    first = member.get(f"{RATINGS}?limit=2")
    assert first.json()["next"]
    same = member.get(f"{RATINGS}?limit=2", headers={"If-None-Match": first["ETag"]})
    assert same.status_code == 304


def test_a_new_secret_key_ends_no_cursor_of_the_former(
    films: list[Movie], settings: Settings
) -> None:
    def status(cursor: str) -> int:
        return Client().get(MOVIES, {"cursor": cursor}).status_code

    cursor = Client().get(MOVIES, {"limit": 2}).json()["next"]
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another"
    assert status(cursor) == 200
    settings.SECRET_KEY_FALLBACKS = []
    assert status(cursor) == 422


@pytest.mark.parametrize("wanted", [{}, {"search": "film"}])
def test_films_are_read_by_cursors_too(films: list[Movie], wanted: dict[str, str]) -> None:
    def part(**more: Any) -> Any:
        return Client().get(MOVIES, {**wanted, **more}).json()

    whole, first = part(limit=60), part(limit=7)
    second = part(limit=7, cursor=first["next"])
    shown = [one["id"] for one in first["items"] + second["items"]]
    assert shown == [one["id"] for one in whole["items"]][:14]
    assert (whole["count"], whole["next"]) == (60, None)


@pytest.mark.parametrize("cursor", ["", "x", "AAAA", "é", "A" * 501])
def test_what_is_no_cursor_is_refused_by_name(member: Client, cursor: str) -> None:
    answer = member.get(RATINGS, {"cursor": cursor})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["loc"] == ["query", "cursor"]


def test_a_cursor_holds_for_its_own_list_and_not_beside_an_offset(
    member: Client, rated: list[int]
) -> None:
    cursor = member.get(f"{RATINGS}?limit=2").json()["next"]
    assert member.get("/api/v1/me/seen", {"cursor": cursor}).status_code == 422
    assert member.get(RATINGS, {"cursor": cursor, "offset": 2}).status_code == 422


@pytest.mark.parametrize("name", ["watchlist", "seen", "hidden", "diary", "lists", "imports"])
def test_each_list_of_a_member_says_that_it_has_ended(member: Client, name: str) -> None:
    assert member.get(f"/api/v1/me/{name}").json() == {"items": [], "count": 0, "next": None}


def test_a_watchlist_is_read_after_its_cursor(member: Client, films: list[Movie]) -> None:
    for film in films[:3]:
        member.put(f"/api/v1/me/watchlist/{film.pk}")
    first = member.get("/api/v1/me/watchlist?limit=2").json()
    second = member.get("/api/v1/me/watchlist", {"cursor": first["next"]}).json()
    assert keys(first) + keys(second) == [film.pk for film in reversed(films[:3])]

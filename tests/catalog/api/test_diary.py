"""The diary in the JSON API."""

from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from catalog.models import DiaryEntry, Movie, Rating
from catalog.services.diary import Viewing, latest_day, write

DIARY = "/api/v1/me/diary"
JSON = "application/json"


def post(member: Client, movie: Movie, **values: Any) -> Any:
    return member.post(DIARY, {"movie": movie.pk, **values}, content_type=JSON)


def test_entries_are_written_read_changed_and_deleted(member: Client, films: list[Movie]) -> None:
    made = post(member, films[0], watched_on="2026-01-02", rating=4.5, note="by the sea")
    assert made.status_code == 201, made.content
    entry = made.json()
    assert (entry["rating"], entry["note"], entry["rewatch"]) == (4.5, "by the sea", False)
    assert Rating.objects.get().half_stars == 9
    address = f"{DIARY}/{entry['id']}"
    assert member.get(address).json() == entry
    changed = member.put(
        address, {"watched_on": "2026-01-03", "rewatch": True}, content_type=JSON
    ).json()
    assert (changed["watched_on"], changed["rating"], changed["note"]) == ("2026-01-03", None, "")
    assert member.get(address).json() == changed
    for _ in range(2):
        assert member.delete(address).status_code == 204
    assert member.get(address).status_code == 404
    assert Rating.objects.exists(), "a rating stays"


def test_a_film_has_one_entry_a_day(member: Client, films: list[Movie]) -> None:
    first = post(member, films[0], watched_on="2026-01-02", note="one").json()
    second = post(member, films[0], watched_on="2026-01-02", note="two").json()
    assert first["id"] == second["id"]
    assert member.get(DIARY).json()["count"] == 1
    assert member.get(DIARY).json()["items"][0]["note"] == "two"


def test_it_is_listed_by_year(member: Client, films: list[Movie]) -> None:
    for place, year in enumerate((2024, 2025, 2025)):
        post(member, films[place], watched_on=f"{year}-01-0{place + 1}")
    listed = member.get(f"{DIARY}?year=2025&limit=1").json()
    assert listed["count"] == 2
    assert [one["movie"]["id"] for one in listed["items"]] == [films[2].pk]


@pytest.mark.parametrize(
    "values",
    [
        {"watched_on": "2999-01-01"},
        {"watched_on": "2026-01-01", "rating": 4.3},
        {"watched_on": "2026-01-01", "rating": True},
        {"watched_on": "2026-01-01", "note": "x" * 20_001},
        {"watched_on": "2026-01-01", "note": "a\0b"},
        {},
    ],
)
def test_what_makes_no_sense_writes_nothing(
    member: Client, films: list[Movie], values: dict[str, Any]
) -> None:
    assert post(member, films[0], **values).status_code in (400, 422)
    assert not DiaryEntry.objects.exists()
    assert not Rating.objects.exists()


def test_another_members_entry_is_not_there(member: Client, films: list[Movie]) -> None:
    eve = get_user_model().objects.create_user("eve")
    entry = write(user_id=eve.pk, movie=films[0], viewing=Viewing(latest_day())).entry
    address = f"{DIARY}/{entry.pk}"
    assert member.get(address).status_code == 404
    sent = {"watched_on": "2026-01-01"}
    assert member.put(address, sent, content_type=JSON).status_code == 404
    assert member.delete(address).status_code == 204
    assert DiaryEntry.objects.get().pk == entry.pk

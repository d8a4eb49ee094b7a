"""Watchlist and hidden films in the JSON API."""

import pytest
from django.test import Client

from catalog.models import HiddenMovie, Movie, WatchlistEntry

SHELVES = [
    ("watchlist", "added_at", WatchlistEntry),
    ("hidden", "hidden_at", HiddenMovie),
]


@pytest.mark.parametrize(("name", "since", "table"), SHELVES)
def test_films_are_put_listed_and_taken_off(
    member: Client, films: list[Movie], name: str, since: str, table: type
) -> None:
    shelf = f"/api/v1/me/{name}"
    for movie in films[:3]:
        for _ in range(2):
            answer = member.put(f"{shelf}/{movie.pk}")
            assert answer.status_code == 200
        assert answer.json()["movie"]["id"] == movie.pk
        assert answer.json()[since]
    listed = member.get(f"{shelf}?limit=2").json()
    assert listed["count"] == 3
    assert [one["movie"]["id"] for one in listed["items"]] == [films[2].pk, films[1].pk]
    for _ in range(2):
        assert member.delete(f"{shelf}/{films[0].pk}").status_code == 204
    assert table.objects.count() == 2  # type: ignore[attr-defined]
    assert member.put(f"{shelf}/999999999").status_code == 404

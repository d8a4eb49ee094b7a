"""Plays of films that the catalog does not have wait until it has them."""

from __future__ import annotations

from datetime import date

import pytest
from django.contrib.auth.models import AbstractUser

from catalog.hooks.arrivals import apply_waiting_plays
from catalog.hooks.worker import ask_undo, work
from catalog.models import WatchEvent, WatchSync
from tests.catalog.hooks import payloads
from tests.catalog.hooks.conftest import Post, film, known_of, settle

pytestmark = pytest.mark.django_db


def test_it_is_applied_when_the_film_comes(ada: AbstractUser, post: Post) -> None:
    post(payloads.jellyfin_stop())
    post({"title": "Alien", "year": 1979})
    sync = settle(ada)
    assert sync is not None
    assert set(WatchEvent.objects.values_list("state", flat=True)) == {"waiting"}
    other = film("Heat", 1995, tmdb_id=949)
    assert apply_waiting_plays([other.pk]) == 0
    matrix = film("The Matrix", 1999, imdb_id="tt0133093")
    alien = film("Alien", 1979)
    assert apply_waiting_plays([matrix.pk, alien.pk]) == 2
    assert apply_waiting_plays([matrix.pk, alien.pk]) == 0
    assert known_of(ada) == {
        "seen": [("Alien", None)],
        "diary": [("The Matrix", date(2026, 11, 27), False)],
        "ratings": [],
    }
    assert ask_undo(sync), "it belongs to the sync that it came with"
    work(sync.pk)
    assert known_of(ada) == {"seen": [], "diary": [], "ratings": []}


def test_a_film_that_contradicts_is_not_taken(ada: AbstractUser, post: Post) -> None:
    post(payloads.jellyfin_stop())
    settle(ada)
    namesake = film("The Matrix", 1999, imdb_id="tt9999999", tmdb_id=604)
    assert apply_waiting_plays([namesake.pk]) == 0
    assert known_of(ada)["diary"] == []


@pytest.mark.parametrize(
    ("state", "expected"), [("preview", "ready"), ("undone", "ready"), ("left-out", "ready")]
)
def test_a_sync_that_was_not_applied_writes_nothing(
    ada: AbstractUser, post: Post, state: str, expected: str
) -> None:
    post(payloads.jellyfin_stop())
    settle(ada)
    WatchSync.objects.update(state=state)
    matrix = film("The Matrix", 1999, imdb_id="tt0133093")
    assert apply_waiting_plays([matrix.pk]) == 1
    assert WatchEvent.objects.get().state == expected
    assert known_of(ada)["diary"] == []

"""Stars of what was watched are asked for on one visit, and never again."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth.models import AbstractUser
from django.db.models import F
from django.test import Client

from catalog.hooks.stars import films_to_rate
from catalog.hooks.worker import work
from catalog.models import Movie, WatchEvent, WatchSync
from catalog.services.ratings import rate
from tests.catalog.hooks import payloads
from tests.catalog.hooks.conftest import Post, film, settle

pytestmark = pytest.mark.django_db


def titles(user: AbstractUser) -> list[str]:
    return [movie.title for movie in films_to_rate(user.pk)]


def later(user: AbstractUser, by: timedelta) -> None:
    """As if so much time had passed since all that was told and asked."""
    WatchEvent.objects.filter(user=user).update(
        received_at=F("received_at") - by, asked_at=F("asked_at") - by
    )


def test_asked_on_one_visit_and_never_twice(ada: AbstractUser, matrix: Movie, post: Post) -> None:
    post(payloads.jellyfin_stop())
    settle(ada)
    assert titles(ada) == ["The Matrix"]
    assert titles(ada) == ["The Matrix"], "the page was loaded again"
    later(ada, timedelta(hours=1))
    assert titles(ada) == []
    post(payloads.jellyfin_stop(Timestamp="2026-11-28T23:41:03+01:00"))
    settle(ada)
    assert titles(ada) == [], "nor for watching it once more"


def test_not_asked_for_what_has_stars_or_was_declined(
    ada: AbstractUser, member: Client, matrix: Movie, alien: Movie, heat: Movie, post: Post
) -> None:
    for tmdb_id in (603, 348, 949):
        post({"tmdb_id": tmdb_id, "watched_on": "2026-11-27"})
    settle(ada)
    rate(user_id=ada.pk, movie=heat, half_stars=8)
    assert sorted(titles(ada)) == ["Alien", "The Matrix"]
    answer = member.post("/media-servers/no-stars/", {"movie": [alien.pk]})
    assert answer.status_code == 302
    assert titles(ada) == ["The Matrix"]
    htmx = {"HTTP_HX_REQUEST": "true"}
    answer = member.post("/media-servers/no-stars/", {"movie": [matrix.pk]}, **htmx)  # type: ignore[arg-type]
    assert (answer.status_code, answer.content) == (200, b"")
    assert titles(ada) == []


def test_not_asked_for_a_whole_library_or_long_ago(ada: AbstractUser, post: Post) -> None:
    for number in range(21):
        film(f"Film {number}", 2000, tmdb_id=number + 1)
        post({"tmdb_id": number + 1})
    sync = settle(ada)
    assert sync is not None
    assert sync.state == "preview"
    WatchSync.objects.update(state="applying")
    work(sync.pk)
    assert titles(ada) == []
    film("Late", 2001, tmdb_id=99)
    post({"tmdb_id": 99, "watched_on": "2026-11-01"})
    settle(ada)
    later(ada, timedelta(days=15))
    assert titles(ada) == []


def test_nobody_elses_films(ada: AbstractUser, matrix: Movie, post: Post) -> None:
    post(payloads.jellyfin_stop())
    settle(ada)
    other = type(ada).objects.create_user("grace")
    assert titles(other) == []

"""Undoing takes back exactly what a sync wrote."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.contrib.auth.models import AbstractUser

from catalog.hooks.worker import ask_undo, work
from catalog.models import (
    DiaryEntry,
    HiddenMovie,
    Movie,
    Rating,
    SeenMovie,
    WatchlistEntry,
    WatchSync,
)
from catalog.services.ratings import rate
from tests.catalog.hooks import payloads
from tests.catalog.hooks.conftest import Post, known_of, settle

pytestmark = pytest.mark.django_db
NOTHING = {"seen": [], "diary": [], "ratings": []}


def undone(sync: WatchSync | None) -> None:
    assert sync is not None
    assert ask_undo(sync)
    work(sync.pk)
    sync.refresh_from_db()
    assert sync.state == "undone"


def test_all_kinds(ada: AbstractUser, matrix: Movie, alien: Movie, heat: Movie, post: Post) -> None:
    kept = WatchlistEntry.objects.create(user=ada, movie=alien)
    HiddenMovie.objects.create(user=ada, movie=heat)
    post(payloads.jellyfin_stop())
    post({"tmdb_id": 348})
    post({"tmdb_id": 949, "rating": 4.5})
    sync = settle(ada)
    assert known_of(ada)["ratings"] == [("Heat", 9)]
    assert not WatchlistEntry.objects.exists()
    assert not HiddenMovie.objects.exists()
    undone(sync)
    assert known_of(ada) == NOTHING
    assert WatchlistEntry.objects.get().added_at == kept.added_at
    assert HiddenMovie.objects.get().movie == heat


def test_what_was_there_before_stays(ada: AbstractUser, matrix: Movie, post: Post) -> None:
    SeenMovie.objects.create(user=ada, movie=matrix)
    DiaryEntry.objects.create(user=ada, movie=matrix, watched_on="2026-11-27", note="Mine")
    rate(user_id=ada.pk, movie=matrix, half_stars=8)
    before = known_of(ada)
    post(payloads.jellyfin_stop())
    post({"tmdb_id": 603})
    post({"tmdb_id": 603, "rating": 4.0})
    sync = settle(ada)
    assert known_of(ada) == before
    undone(sync)
    assert known_of(ada) == before


def test_what_was_changed_by_hand_since_stays(
    ada: AbstractUser, matrix: Movie, alien: Movie, heat: Movie, post: Post
) -> None:
    post(payloads.jellyfin_stop())
    post({"tmdb_id": 348})
    post({"tmdb_id": 949, "rating": 4.5})
    sync = settle(ada)
    DiaryEntry.objects.update(note="Wept.")
    SeenMovie.objects.update(watched_on="2026-01-01")
    rate(user_id=ada.pk, movie=heat, half_stars=10)
    before = known_of(ada)
    undone(sync)
    assert known_of(ada) == before


def test_stars_go_back_to_what_they_were_before_all_that_is_undone(
    ada: AbstractUser, matrix: Movie, post: Post
) -> None:
    long_ago = datetime(2020, 1, 1, tzinfo=UTC)
    Rating.objects.create(user=ada, movie=matrix, half_stars=3, rated_at=long_ago)
    Rating.objects.update(updated_at=long_ago)
    syncs = []
    for hour, rating in ((20, 3.0), (21, 4.0)):
        at = f"2026-11-27T{hour}:00:00Z"
        post({"tmdb_id": 603, "rating": rating, "rated_at": at})
        syncs.append(settle(ada))
    assert known_of(ada)["ratings"] == [("The Matrix", 8)]
    undone(syncs[0])
    assert known_of(ada)["ratings"] == [("The Matrix", 8)], "the later sync's"
    undone(syncs[1])
    assert known_of(ada)["ratings"] == [("The Matrix", 3)]
    assert Rating.objects.get().rated_at == long_ago


def test_undone_it_stays_so_when_told_again(ada: AbstractUser, matrix: Movie, post: Post) -> None:
    post(payloads.jellyfin_stop())
    undone(settle(ada))
    post(payloads.jellyfin_stop())
    settle(ada)
    assert known_of(ada) == NOTHING
    other_day = "2026-11-28T23:41:03+01:00"
    post(payloads.jellyfin_stop(Timestamp=other_day))
    settle(ada)
    assert len(known_of(ada)["diary"]) == 1

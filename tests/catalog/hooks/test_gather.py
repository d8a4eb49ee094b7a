"""What comes together is one sync: small ones at once, bursts after a preview."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from django.contrib.auth.models import AbstractUser
from django.db import transaction
from django.test import Client

from catalog.hooks import addresses, gather
from catalog.hooks.formats import read
from catalog.hooks.receive import event_of
from catalog.hooks.worker import ask_apply, ask_undo, clean_up, leave_out, work
from catalog.models import (
    HookDelivery,
    Link,
    Movie,
    SeenMovie,
    WatchEvent,
    WatchlistEntry,
    WatchSync,
)
from tests.catalog.hooks import payloads
from tests.catalog.hooks.conftest import Post, known_of, settle

pytestmark = pytest.mark.django_db
LIBRARY = 4_000
POSTED = 150


@pytest.fixture
def library(db: None) -> list[Movie]:
    films = Movie.objects.bulk_create(
        Movie(title=f"Film {n}", search_title=f"\nfilm {n}\n", year=1950 + n % 70)
        for n in range(LIBRARY)
    )
    Link.objects.bulk_create(
        Link(movie=movie, tmdb_id=1_000_000 + n) for n, movie in enumerate(films)
    )
    return films


def marked(n: int) -> dict[str, Any]:
    return payloads.jellyfin_saved(
        "TogglePlayed", ItemId=f"{n:032x}", Name=f"Film {n}", Year=1950 + n % 70,
        Provider_tmdb=str(1_000_000 + n), Provider_imdb=None,
    )  # fmt: skip


def test_a_server_that_marks_its_whole_library(
    ada: AbstractUser, library: list[Movie], token: str, sent: list[tuple[Any, ...]]
) -> None:
    WatchlistEntry.objects.create(user=ada, movie=library[7])
    server = Client()
    for n in range(POSTED):
        answer = server.post(f"/hooks/{token}", json.dumps(marked(n)), "application/json")
        assert answer.status_code == 200, answer.content
    assert len(sent) == 0, "a message is sent after the commit, and one for all"
    # The others as the rows that they become.
    deliveries = [read(marked(n)) for n in range(POSTED, LIBRARY)]
    WatchEvent.objects.bulk_create(event_of(ada.pk, one, one.told[0]) for one in deliveries)
    sync = settle(ada)
    assert sync is not None
    assert (WatchSync.objects.count(), sync.state, sync.events.count()) == (1, "preview", LIBRARY)
    assert known_of(ada)["seen"] == []
    assert HookDelivery.objects.count() == 100
    assert ask_apply(sync)
    begun = time.monotonic()
    work(sync.pk)
    applied = time.monotonic() - begun
    assert SeenMovie.objects.filter(user=ada, watched_on=None).count() == LIBRARY
    assert not WatchlistEntry.objects.exists()
    # The same once more, in the opposite order, changes nothing.
    for n in reversed(range(0, LIBRARY, 100)):
        server.post(f"/hooks/{token}", json.dumps(marked(n)), "application/json")
    settle(ada)
    assert WatchSync.objects.count() == 1
    assert ask_undo(sync)
    begun = time.monotonic()
    work(sync.pk)
    undone = time.monotonic() - begun
    assert known_of(ada) == {"seen": [], "diary": [], "ratings": []}
    assert WatchlistEntry.objects.get().movie == library[7]
    assert set(WatchEvent.objects.values_list("state", flat=True)) == {"undone"}
    assert max(applied, undone) < 60


def test_twenty_films_are_applied_and_one_more_is_previewed(
    ada: AbstractUser, library: list[Movie], post: Post
) -> None:
    for n in range(20):
        post(marked(n))
    first = settle(ada)
    assert first is not None
    assert first.state == "applied"
    # A slow burst is one: what was applied a moment ago counts.
    post(marked(20))
    second = settle(ada)
    assert second is not None
    assert second.state == "preview"
    for n in range(21, 25):
        post(marked(n))
    assert settle(ada) == second, "what comes later joins the open preview"
    assert second.events.count() == 5
    assert leave_out(second)
    post(marked(22))
    settle(ada)
    assert WatchSync.objects.count() == 2
    assert SeenMovie.objects.count() == 20


def test_nothing_is_looked_at_while_more_is_coming(
    ada: AbstractUser, matrix: Movie, post: Post, sent: list[tuple[Any, ...]]
) -> None:
    post(payloads.jellyfin_stop())
    with transaction.atomic():
        gather.gather(ada.pk)
    assert not WatchSync.objects.exists()
    settle(ada)
    assert WatchSync.objects.get().state == "applied"


def test_the_sweep_takes_up_what_was_lost(
    ada: AbstractUser,
    matrix: Movie,
    post: Post,
    sent: list[tuple[Any, ...]],
    django_capture_on_commit_callbacks: Any,
) -> None:
    post(payloads.jellyfin_stop())
    sync = settle(ada)
    assert sync is not None
    WatchSync.objects.update(state="applying", sent_at=None)
    WatchEvent.objects.update(state="ready")
    sent.clear()
    clean_up()
    assert ("catalog.tasks.work_on_sync", sync.pk) in sent


def test_a_member_who_is_gone_is_no_error(ada: AbstractUser, matrix: Movie, post: Post) -> None:
    post(payloads.jellyfin_stop())
    key = ada.pk
    ada.delete()
    gather.gather(key)
    work(0)
    assert not WatchEvent.objects.exists()
    assert addresses.find("x" * 43) is None


def test_so_many_films_of_one_day_were_marked_and_not_watched(
    ada: AbstractUser, library: list[Movie], post: Post
) -> None:
    """Kodi and others write the day of a mark: it does not become the day of the film."""
    for n in range(9):
        post({"tmdb_id": 1_000_000 + n, "watched_on": "2026-11-20"})
    for n in range(9, 12):
        post({"tmdb_id": 1_000_000 + n, "watched_on": "2026-11-21"})
    settle(ada)
    known = known_of(ada)
    assert len(known["diary"]) == 3
    assert [day for _, day in known["seen"]] == [None] * 9

"""What was watched on a server, fetched once through the preview that bursts have."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.contrib.auth.models import AbstractUser
from django.core.cache import cache
from django.test import Client

from catalog.hooks.fetch import keys, run
from catalog.hooks.worker import ask_apply, ask_undo, leave_out, work
from catalog.models import Movie, WatchSync
from tests.catalog.hooks import payloads
from tests.catalog.hooks.conftest import Post, known_of, settle
from tests.catalog.hooks.fetch.servers import (
    KEY,
    jellyfin,
    jellyfin_film,
    plex,
    plex_film,
    serve,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def loopback_is_allowed(settings: Any) -> None:
    settings.MATINEE_MEDIA_SERVERS = ["127.0.0.1"]


def fetched(member: AbstractUser, kind: str, address: str, **changes: str) -> WatchSync:
    values = {"key": KEY, "user": "ada" if kind == "jellyfin" else "", **changes}
    sync = run.begin(user_id=member.pk, kind=kind, address=address, **values)
    work(sync.pk)
    sync.refresh_from_db()
    return sync


def test_jellyfin(ada: AbstractUser, matrix: Movie, alien: Movie) -> None:
    films = [
        jellyfin_film("The Matrix"),
        jellyfin_film("Alien", Id="2", ProductionYear=1979, ProviderIds={}, UserData={}),
        jellyfin_film("Nobody has it", Id="3", ProviderIds={"Tmdb": "9"}),
    ]
    with serve(jellyfin(films)) as server:
        sync = fetched(ada, "jellyfin", server.address)
        assert (sync.state, sync.report) == ("preview", {"films": 3})
        assert known_of(ada)["diary"] == []
        assert ask_apply(sync)
        work(sync.pk)
        assert known_of(ada) == {
            "seen": [("Alien", None)],
            "diary": [("The Matrix", date(2026, 11, 20), False)],
            "ratings": [],
        }
        again = fetched(ada, "jellyfin", server.address)
        assert again.events.count() == 0, "a second fetch brings nothing new"
        assert ask_undo(sync)
        work(sync.pk)
        assert known_of(ada) == {"seen": [], "diary": [], "ratings": []}
        offered = fetched(ada, "jellyfin", server.address)
        assert offered.events.count() == 3, "what was undone can be fetched again"


def test_plex(ada: AbstractUser, matrix: Movie, heat: Movie) -> None:
    films = [
        plex_film("The Matrix", viewCount=3, userRating=9.0, lastRatedAt=1795819999),
        plex_film("Heat", ratingKey="2", year=1995, Guid=[], viewCount=0, lastViewedAt=None),
    ]
    with serve(plex(films)) as server:
        sync = fetched(ada, "plex", server.address)
        assert sync.state == "preview"
        assert ask_apply(sync)
        work(sync.pk)
    assert known_of(ada) == {
        "seen": [],
        "diary": [("The Matrix", date(2026, 11, 27), True)],
        "ratings": [("The Matrix", 9)],
    }


def test_pages_are_read_to_the_end(
    ada: AbstractUser, matrix: Movie, monkeypatch: pytest.MonkeyPatch
) -> None:
    films = [jellyfin_film(f"Film {n}", Id=str(n), ProviderIds={}) for n in range(1_203)]
    with serve(jellyfin(films)) as server:
        sync = fetched(ada, "jellyfin", server.address)
        assert len(server.asked) == 4
    assert sync.events.count() == 1_203
    assert sync.report == {"films": 1_203}


def test_what_the_server_told_before_is_known(ada: AbstractUser, matrix: Movie, post: Post) -> None:
    post(payloads.jellyfin_stop())
    settle(ada)
    film = jellyfin_film("The Matrix")
    film["UserData"]["LastPlayedDate"] = "2026-11-27T22:41:03.0000000Z"
    with serve(jellyfin([film])) as server:
        assert fetched(ada, "jellyfin", server.address).events.count() == 0
    assert len(known_of(ada)["diary"]) == 1


@pytest.mark.parametrize(
    ("changes", "code"),
    [({"key": "another"}, "wrong-key"), ({"user": "eve"}, "no-such-user")],
)
def test_what_goes_wrong_is_said(ada: AbstractUser, changes: dict[str, str], code: str) -> None:
    with serve(jellyfin([])) as server:
        sync = fetched(ada, "jellyfin", server.address, **changes)
    assert (sync.state, sync.report) == ("failed", {"error": code})


def test_a_server_of_another_kind(ada: AbstractUser) -> None:
    for answer in ({"MediaContainer": []}, [], {"Items": {}}, "text", None, 5):
        with serve(lambda _request, answer=answer: (200, answer)) as server:  # type: ignore[misc]
            for kind in ("plex", "jellyfin"):
                sync = fetched(ada, kind, server.address)
                assert sync.state == "failed"
                assert sync.report["error"] in ("not-understood", "no-such-user")


def test_the_key_is_gone_with_the_task(ada: AbstractUser, client: Client) -> None:
    with serve(jellyfin([])) as server:
        sync = run.begin(
            user_id=ada.pk, kind="jellyfin", address=server.address, key=KEY, user="ada"
        )
        sealed = cache.get(f"catalog.hooks.key.{sync.pk}")
        assert KEY.encode() not in sealed
        work(sync.pk)
        assert cache.get(f"catalog.hooks.key.{sync.pk}") is None
        assert keys.take(sync.pk) is None
        row = str(WatchSync.objects.filter(pk=sync.pk).values().get())
        assert KEY not in row
        assert server.address not in row
    WatchSync.objects.filter(pk=sync.pk).update(state="fetching")
    work(sync.pk)
    sync.refresh_from_db()
    assert sync.report == {"error": "key-gone"}


def test_one_fetch_at_a_time(ada: AbstractUser) -> None:
    with serve(jellyfin([])) as server:
        values = {"kind": "jellyfin", "address": server.address, "key": KEY, "user": ""}
        run.begin(user_id=ada.pk, **values)
        with pytest.raises(run.TooManyFetchesError):
            run.begin(user_id=ada.pk, **values)


def test_a_preview_that_is_left_out(ada: AbstractUser, matrix: Movie) -> None:
    with serve(jellyfin([jellyfin_film("The Matrix")])) as server:
        sync = fetched(ada, "jellyfin", server.address)
    assert leave_out(sync)
    assert not leave_out(sync)
    assert not ask_apply(sync)
    assert set(sync.events.values_list("state", flat=True)) == {"left-out"}

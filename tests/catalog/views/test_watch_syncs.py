"""The pages of syncs: a preview with counts, and its way to the end and back."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AbstractUser
from django.test import Client

from catalog.hooks.worker import work
from catalog.models import SeenMovie, WatchSync
from tests.catalog.hooks.conftest import Post, film, post, sent, settle, token

__all__ = ["post", "sent", "token"]
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("plain_static")]


@pytest.fixture
def burst(ada: AbstractUser, post: Post) -> WatchSync:
    """Thirty films, of which one is seen already and five are not in the catalog."""
    films = [film(f"Film {n}", 2000 + n, tmdb_id=n + 1) for n in range(25)]
    SeenMovie.objects.create(user=ada, movie=films[0])
    for n in range(30):
        post({"title": f"Film {n}", "year": 2000 + n, "tmdb_id": n + 1})
    sync = settle(ada)
    assert sync is not None
    return sync


def test_from_the_preview_to_undoing(
    member: Client, burst: WatchSync, django_assert_max_num_queries: Any
) -> None:
    imports = member.get("/import/").content.decode()
    assert burst.get_absolute_url() in imports
    assert "30 films" in imports
    with django_assert_max_num_queries(14):
        shown = member.get(burst.get_absolute_url()).content.decode()
    for said in ("24 films marked as seen", "1 is here already", "5 wait", "Take over"):
        assert said in shown
    assert member.post(f"{burst.get_absolute_url()}apply/").status_code == 302
    assert "sync-progress" in member.get(burst.get_absolute_url()).content.decode()
    work(burst.pk)
    assert "Undo all of it" in member.get(burst.get_absolute_url()).content.decode()
    assert SeenMovie.objects.count() == 25
    member.post(f"{burst.get_absolute_url()}undo/")
    work(burst.pk)
    assert SeenMovie.objects.count() == 1
    assert "undone" in member.get(burst.get_absolute_url()).content.decode()


def test_the_page_asks_again_while_a_worker_is_at_it(member: Client, burst: WatchSync) -> None:
    htmx = {"HTTP_HX_REQUEST": "true", "HTTP_HX_TARGET": "sync-progress"}
    member.post(f"{burst.get_absolute_url()}apply/")
    working = member.get(burst.get_absolute_url(), **htmx)  # type: ignore[arg-type]
    assert b"hx-get" in working.content
    work(burst.pk)
    done = member.get(burst.get_absolute_url(), **htmx)  # type: ignore[arg-type]
    assert done["HX-Refresh"] == "true"


def test_left_out(member: Client, burst: WatchSync) -> None:
    answer = member.post(f"{burst.get_absolute_url()}leave-out/", follow=True)
    assert "Nothing of it was taken over" in answer.content.decode()
    burst.refresh_from_db()
    assert burst.state == "left-out"
    member.post(f"{burst.get_absolute_url()}apply/")
    work(burst.pk)
    assert SeenMovie.objects.count() == 1


def test_a_film_is_chosen_by_hand_and_others_stay_out(member: Client, burst: WatchSync) -> None:
    address = burst.get_absolute_url()
    meant = film("Something else", 1950)
    waiting, ready = burst.events.get(title="Film 29"), burst.events.get(title="Film 3")
    shown = member.get(address, {"event": waiting.pk, "find": "something else"}).content.decode()
    assert f'value="film-{meant.pk}"' in shown
    shown = member.get(address, {"event": waiting.pk, "find": "zzyzx"}).content.decode()
    assert "No film has that title" in shown
    member.post(f"{address}choose/", {"event": waiting.pk, "choice": f"film-{meant.pk}"})
    member.post(f"{address}choose/", {"event": ready.pk, "choice": "left-out", "page": "1"})
    assert "Include again" in member.get(address).content.decode()
    member.post(f"{address}apply/")
    work(burst.pk)
    assert SeenMovie.objects.filter(movie=meant).exists()
    assert not SeenMovie.objects.filter(movie__title="Film 3").exists()


def test_what_waits_can_be_chosen_after_the_others_were_applied(
    member: Client, burst: WatchSync
) -> None:
    address = burst.get_absolute_url()
    member.post(f"{address}apply/")
    work(burst.pk)
    meant = film("Something else", 1950)
    waiting, done = burst.events.get(title="Film 29"), burst.events.get(title="Film 3")
    for event, choice in (
        (waiting, "film-999999"),
        (waiting, "left-out"),
        (waiting, "nonsense"),
        (done, f"film-{meant.pk}"),
    ):
        member.post(f"{address}choose/", {"event": event.pk, "choice": choice})
    assert SeenMovie.objects.count() == 25, "nothing of this makes sense now"
    member.post(f"{address}choose/", {"event": waiting.pk, "choice": f"film-{meant.pk}"})
    assert SeenMovie.objects.filter(movie=meant).exists()
    member.post(f"{address}undo/")
    work(burst.pk)
    assert SeenMovie.objects.count() == 1


def test_nobody_decides_about_the_syncs_of_others(burst: WatchSync, client: Client) -> None:
    client.force_login(get_user_model().objects.create_user("eve"))
    event = burst.events.get(title="Film 3")
    fields = {"event": event.pk, "choice": "left-out"}
    assert client.post(f"{burst.get_absolute_url()}choose/", fields).status_code == 404
    event.refresh_from_db()
    assert event.state == "ready"


def test_what_failed_is_said(member: Client, ada: AbstractUser) -> None:
    sync = WatchSync.objects.create(
        user=ada, server="plex", fetched=True, state="failed", report={"error": "wrong-key"}
    )
    shown = member.get(sync.get_absolute_url()).content.decode()
    assert "The server does not accept the key." in shown

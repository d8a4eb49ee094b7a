"""The page of a member's media servers: an address shown once, a log, fetching once."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.contrib.auth.models import AbstractUser
from django.test import Client

from catalog.hooks import addresses
from catalog.models import HookAddress, Movie, WatchSync
from catalog.views import media_servers
from tests.catalog.hooks import payloads
from tests.catalog.hooks.conftest import Post, matrix, post, sent, settle, token

__all__ = ["matrix", "post", "sent", "token"]
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("plain_static")]
PATH = "/media-servers/"
HOOK = re.compile(r"http://testserver/hooks/([\w-]{43})")
assert media_servers


def page(member: Client) -> str:
    answer = member.get(PATH)
    assert answer.status_code == 200
    assert "no-store" in answer["Cache-Control"]
    return answer.content.decode()


def test_an_address_is_shown_once_replaced_and_removed(
    member: Client, ada: AbstractUser, sent: list[Any]
) -> None:
    assert "Make an address" in page(member)
    made = member.post("/media-servers/address/")
    first = HOOK.search(made.content.decode())
    assert first
    assert "no-store" in made["Cache-Control"]
    assert HOOK.search(page(member)) is None
    assert addresses.find(first[1]) is not None
    second = HOOK.search(member.post("/media-servers/address/").content.decode())
    assert second
    assert addresses.find(first[1]) is None
    assert member.post("/media-servers/address/remove/").status_code == 302
    assert addresses.find(second[1]) is None
    assert not HookAddress.objects.exists()


def test_whose_plays_count(member: Client, ada: AbstractUser, token: str) -> None:
    assert member.post("/media-servers/account/", {"account": "  Ada  L "}).status_code == 302
    assert HookAddress.objects.get().account == "Ada L"
    too_long = member.post("/media-servers/account/", {"account": "x" * 200})
    assert too_long.status_code == 422


def test_the_log_says_what_came_of_each(
    member: Client, ada: AbstractUser, matrix: Movie, post: Post
) -> None:
    post(payloads.jellyfin_stop())
    post(payloads.plex("media.scrobble", {"type": "episode", "title": "Pilot"}))
    post({"title": "Nobody has it", "year": 2001})
    sync = settle(ada)
    assert sync is not None
    shown = page(member)
    for said in ("The Matrix", "taken over", "Pilot", "Episodes, music", "waits for its film"):
        assert said in shown
    assert sync.get_absolute_url() in shown


def test_others_see_nothing_of_it(ada: AbstractUser, matrix: Movie, post: Post) -> None:
    post(payloads.jellyfin_stop())
    sync = settle(ada)
    assert sync is not None
    other = Client()
    other.force_login(type(ada).objects.create_user("grace"))
    assert "The Matrix" not in page(other)
    assert other.get(sync.get_absolute_url()).status_code == 404
    assert other.post(f"{sync.get_absolute_url()}undo/").status_code == 404
    for path in (PATH, "/media-servers/address/", "/media-servers/fetch/"):
        assert Client().post(path).status_code in (302, 405)
    assert Client().get(PATH).status_code == 302


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"address": "http://169.254.169.254/"}, "This address is not public"),
        ({"address": "http://localhost:6379"}, "This address is not public"),
        ({"address": "ftp://media.example"}, "This is no address of a server"),
        ({"key": "two words"}, "A key has no spaces"),
        ({"server": "kodi"}, "Select a valid choice"),
        ({"address": ""}, "This field is required"),
    ],
)
def test_what_cannot_be_fetched_is_said_at_once(
    member: Client, changes: dict[str, str], said: str
) -> None:
    form = {"server": "plex", "address": "http://93.184.215.14:32400", "key": "k", **changes}
    answer = member.post("/media-servers/fetch/", form)
    assert answer.status_code == 422
    shown = answer.content.decode()
    assert said in shown
    assert 'value="k"' not in shown, "the key is not sent back"
    assert not WatchSync.objects.exists()


def test_a_fetch_begins(
    member: Client, sent: list[Any], django_capture_on_commit_callbacks: Any
) -> None:
    form = {"server": "plex", "address": "http://93.184.215.14:32400", "key": "k"}
    with django_capture_on_commit_callbacks(execute=True):
        answer = member.post("/media-servers/fetch/", form)
    sync = WatchSync.objects.get()
    assert answer.url == sync.get_absolute_url()  # type: ignore[attr-defined]
    assert sent == [("catalog.tasks.work_on_sync", sync.pk)]
    again = member.post("/media-servers/fetch/", form)
    assert "still under way" in again.content.decode()

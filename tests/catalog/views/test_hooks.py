"""Where media servers post to: deliveries of each server, and everything that is none."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from django.contrib.auth.models import AbstractUser
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from catalog.hooks import addresses, throttle
from catalog.models import HookAddress, HookDelivery, Movie, ServerAccount, WatchEvent
from tests.catalog.hooks import payloads
from tests.catalog.hooks.conftest import Post, alien, known_of, matrix, post, sent, settle, token

__all__ = ["alien", "matrix", "post", "sent", "token"]
pytestmark = pytest.mark.django_db

THE_DAY = date(2026, 11, 27)
IN_DIARY = {"seen": [], "diary": [("The Matrix", THE_DAY, False)], "ratings": []}
SEEN = {"seen": [("The Matrix", None)], "diary": [], "ratings": []}
RATED = {"seen": [], "diary": [], "ratings": [("The Matrix", 8)]}
STOPPED = {"PlaybackInfo": {"PlayedToCompletion": True, "PositionTicks": payloads.TICKS}}
AT_85 = {"PlayedToCompletion": False, "PlaybackPositionTicks": int(0.85 * payloads.TICKS)}
DELIVERIES: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "jellyfin play": (payloads.jellyfin_stop(), IN_DIARY),
    "jellyfin play to 85 %": (payloads.jellyfin_stop(**AT_85), IN_DIARY),
    "jellyfin play by its data": (payloads.jellyfin_saved("PlaybackFinished"), IN_DIARY),
    "jellyfin template": (
        payloads.jellyfin_stop(PlayedToCompletion="True", Year="1999", ItemType="Movie"),
        IN_DIARY,
    ),
    "jellyfin mark": (payloads.jellyfin_saved("TogglePlayed"), SEEN),
    "jellyfin rating": (payloads.jellyfin_saved("UpdateUserRating", Rating=8), RATED),
    "plex play": (payloads.plex("media.scrobble"), IN_DIARY),
    "plex play to 85 %": (payloads.plex("media.stop", {"viewOffset": 6_936_000}), SEEN),
    "plex play without a time": (payloads.plex("media.scrobble", {"lastViewedAt": None}), SEEN),
    "plex rating": (payloads.plex("media.rate", {"userRating": 8.0}, rating=8.0), RATED),
    "plex old agent": (
        payloads.plex(
            "media.scrobble",
            {"Guid": [], "guid": "com.plexapp.agents.imdb://tt0133093?lang=en", "title": "Matrix"},
        ),
        IN_DIARY,
    ),
    "emby play": (payloads.emby("playback.stop", **STOPPED), IN_DIARY),
    "emby play to 85 %": (
        payloads.emby(
            "playback.stop",
            Session={"PlayState": {"PositionTicks": AT_85["PlaybackPositionTicks"]}},
            PlaybackInfo={"PlayedToCompletion": False},
        ),
        IN_DIARY,
    ),
    "emby mark": (payloads.emby("item.markplayed"), SEEN),
    "emby rating": (payloads.emby("item.rate", {"UserData": {"Rating": 8}}), RATED),
    "kodi play": (payloads.kodi("Player.OnStop", end=True), IN_DIARY),
    "kodi mark": (payloads.kodi("VideoLibrary.OnUpdate", playcount=1), SEEN),
    "kodi rating": (payloads.kodi("VideoLibrary.OnUpdate", {"userrating": 8}), RATED),
    "kodi by the add-on of Movary": ({"uniqueIds": {"tmdbId": 603}}, SEEN),
    "plain play": ({"imdb_id": "tt0133093", "watched_on": "2026-11-27"}, IN_DIARY),
    "plain mark": ({"title": "The Matrix", "year": 1999}, SEEN),
    "plain rating": ({"tmdb_id": 603, "rating": 4.0}, RATED),
}
LEFT_ALONE: dict[str, tuple[dict[str, Any], str]] = {
    "jellyfin at half": (
        payloads.jellyfin_stop(PlayedToCompletion=False, PlaybackPositionTicks=payloads.TICKS // 2),
        "not-finished",
    ),
    "jellyfin episode": (payloads.jellyfin_stop(ItemType="Episode"), "not-a-film"),
    "jellyfin start": (payloads.jellyfin_stop(NotificationType="PlaybackStart"), "other-event"),
    "jellyfin unmark": (payloads.jellyfin_saved("TogglePlayed", Played=False), "unmarked"),
    "jellyfin favourite": (payloads.jellyfin_saved("UpdateUserData"), "other-event"),
    "jellyfin stars gone": (payloads.jellyfin_saved("UpdateUserRating", Rating=0), "no-stars"),
    "plex start": (payloads.plex("media.play"), "other-event"),
    "plex at half": (payloads.plex("media.stop", {"viewOffset": 4_000_000}), "not-finished"),
    "plex episode": (payloads.plex("media.scrobble", {"type": "episode"}), "not-a-film"),
    "plex music": (payloads.plex("media.scrobble", {"type": "track"}), "not-a-film"),
    "plex new film": (payloads.plex("library.new"), "other-event"),
    "emby pause": (payloads.emby("playback.pause"), "other-event"),
    "emby unmark": (payloads.emby("item.markunplayed"), "unmarked"),
    "emby episode": (payloads.emby("item.markplayed", {"Type": "Episode"}), "not-a-film"),
    "emby favourite": (payloads.emby("item.rate", {"UserData": {"IsFavorite": True}}), "no-stars"),
    "kodi stopped": (payloads.kodi("Player.OnStop", end=False), "not-finished"),
    "kodi episode": (payloads.kodi("Player.OnStop", {"type": "episode"}, end=True), "not-a-film"),
    "kodi unmark": (payloads.kodi("VideoLibrary.OnUpdate", playcount=0), "unmarked"),
    "plain episode": ({"title": "Pilot", "type": "episode"}, "not-a-film"),
    "plain at half": ({"title": "The Matrix", "progress": 50}, "not-finished"),
}


@pytest.mark.parametrize("name", DELIVERIES)
def test_what_each_server_tells(name: str, ada: AbstractUser, matrix: Movie, post: Post) -> None:
    payload, expected = DELIVERIES[name]
    answer = post(payload)
    assert answer.status_code == 200
    assert json.loads(answer.content) == {"status": "noted"}
    assert known_of(ada) == {"seen": [], "diary": [], "ratings": []}, "a worker does that"
    sync = settle(ada)
    assert sync is not None
    assert sync.state == "applied"
    assert known_of(ada) == expected
    line = HookDelivery.objects.get()
    assert line.event is not None
    assert line.event.state == "applied"


@pytest.mark.parametrize("name", LEFT_ALONE)
def test_what_is_left_alone_and_why(name: str, ada: AbstractUser, post: Post) -> None:
    payload, reason = LEFT_ALONE[name]
    answer = post(payload)
    assert answer.status_code == 200
    told = json.loads(answer.content)
    assert (told["status"], told["reason"]) == ("ignored", reason)
    assert len(told["detail"].split()) > 3, "in words"
    assert not WatchEvent.objects.exists()
    assert HookDelivery.objects.get().ignored == reason


def test_plex_posts_a_form_with_a_picture(ada: AbstractUser, matrix: Movie, token: str) -> None:
    form = {
        "payload": json.dumps(payloads.plex("media.scrobble")),
        "thumb": SimpleUploadedFile("thumb.jpg", b"\xff\xd8" + bytes(300_000), "image/jpeg"),
    }
    answer = Client(enforce_csrf_checks=True).post(f"/hooks/{token}", form)
    assert answer.status_code == 200
    settle(ada)
    assert known_of(ada) == IN_DIARY


def test_older_emby_posts_a_form(ada: AbstractUser, matrix: Movie, token: str) -> None:
    form = {"data": json.dumps(payloads.emby("item.markplayed"))}
    assert Client().post(f"/hooks/{token}", form).status_code == 200
    settle(ada)
    assert known_of(ada) == SEEN


def test_jellyfin_says_that_its_json_is_text(ada: AbstractUser, matrix: Movie, token: str) -> None:
    body = json.dumps(payloads.jellyfin_stop(Name='The \\"Matrix\\"'))
    answer = Client().post(f"/hooks/{token}", body, content_type="text/plain; charset=utf-8")
    assert answer.status_code == 200
    assert WatchEvent.objects.get().title == 'The "Matrix"'


@pytest.mark.parametrize(
    ("body", "detail"),
    [
        (b"", "the body is empty"),
        (b"not json", "the body is not JSON in UTF-8"),
        (b"\xff\xfe{}", "the body is not JSON in UTF-8"),
        (b"[" * 200_000, "the body is not JSON in UTF-8"),
        (b"[1]", "the body is not a JSON object"),
        (b"{}", "this is no delivery of Jellyfin, Plex, Emby or Kodi, and has no title"),
        (b'{"NotificationType": "PlaybackStop"}', "ItemType is missing"),
        (b'{"title": ""}', "the film has neither a title nor an id"),
        (b'{"title": "Heat", "rating": 11}', "rating must be a half-star from 0.5 to 5.0"),
        (b'{"title": "Heat", "year": "soon"}', "year makes no sense: 'soon'"),
        (b'{"title": "Heat", "watched_on": "2999-01-01"}', "watched_on makes no sense"),
        (b'{"title": "Heat", "stars": 4}', "unknown field 'stars'"),
        (b'{"Event": "item.markplayed"}', "Item is missing"),
        (b'{"jsonrpc": "2.0", "method": "Player.OnStop"}', "params.data.item.type is missing"),
        (b'{"event": "media.scrobble", "Account": {}}', "Metadata is missing"),
    ],
)
def test_what_cannot_be_read_is_said(post: Post, body: bytes, detail: str) -> None:
    answer = post(body)
    assert answer.status_code == 400
    assert json.loads(answer.content)["detail"].startswith(detail)
    assert not WatchEvent.objects.exists()


def test_a_wrong_address_is_not_found_in_the_same_words(
    ada: AbstractUser, token: str, post: Post
) -> None:
    answers = [
        Client().get("/hooks/x"),
        Client().get(f"/hooks/{token}x"),
        post({"title": "Heat"}, to="x" * 43),
        post(b"\x00", to="x"),
        post(b"[" * 900_000, to=token[:-1]),
        Client().post("/hooks/" + "y" * 3000),
    ]
    assert {(one.status_code, one.content) for one in answers} == {(404, b"Not found.\n")}
    ada.is_active = False
    ada.save()
    gone = post({"title": "Heat"})
    assert (gone.status_code, gone.content) == (404, b"Not found.\n")


def test_an_address_can_do_nothing_else(ada: AbstractUser, token: str, plain_static: None) -> None:
    bearer = {"HTTP_AUTHORIZATION": f"Bearer {token}"}
    assert Client().get("/api/v1/me/ratings", **bearer).status_code == 401  # type: ignore[arg-type]
    assert Client().get("/media-servers/", **bearer).status_code == 302  # type: ignore[arg-type]
    assert Client().get(f"/hooks/{token}").status_code == 405
    assert token not in str(HookAddress.objects.values().get())


def test_no_session_is_made_and_none_counts(
    member: Client, ada: AbstractUser, matrix: Movie
) -> None:
    """Whose browser it is plays no part, only the address does."""
    other = type(ada).objects.create_user("grace")
    token = addresses.replace(other.pk)[1]
    answer = member.post(f"/hooks/{token}", {"title": "The Matrix"}, "application/json")
    assert answer.status_code == 200
    assert WatchEvent.objects.get().user_id == other.pk
    assert not Client().post(f"/hooks/{token}", "{}", "application/json").cookies


def test_a_replaced_address_no_longer_works(ada: AbstractUser, token: str, post: Post) -> None:
    _, new = addresses.replace(ada.pk)
    assert post({"title": "Heat"}).status_code == 404
    assert post({"title": "Heat"}, to=new).status_code == 200
    addresses.remove(ada.pk)
    assert post({"title": "Heat"}, to=new).status_code == 404


def test_size_is_bounded(token: str, post: Post) -> None:
    assert post({"title": "x" * 600_000}).status_code == 413
    large = SimpleUploadedFile("thumb.jpg", bytes(5_000_000), "image/jpeg")
    answer = Client().post(f"/hooks/{token}", {"payload": "{}", "thumb": large})
    assert answer.status_code == 413
    many = {f"field-{n}": "x" for n in range(1_100)}
    assert Client().post(f"/hooks/{token}", many).status_code == 400
    assert not WatchEvent.objects.exists()


def test_deliveries_are_throttled_by_address(
    post: Post, monkeypatch: pytest.MonkeyPatch, ada: AbstractUser
) -> None:
    monkeypatch.setattr(throttle, "LIMITS", ((3, 3600),))
    answers = [post({"title": "Heat"}) for _ in range(4)]
    assert [one.status_code for one in answers] == [200, 200, 200, 429]
    assert int(answers[-1]["Retry-After"]) > 0
    other = addresses.replace(type(ada).objects.create_user("grace").pk)[1]
    assert post({"title": "Heat"}, to=other).status_code == 200


def test_somebody_else_on_the_server(ada: AbstractUser, matrix: Movie, post: Post) -> None:
    addresses.set_account(ada.pk, "Ada")
    told = json.loads(post(payloads.jellyfin_stop(NotificationUsername="bob")).content)
    assert told["reason"] == "other-user"
    assert json.loads(post(payloads.jellyfin_stop()).content) == {"status": "noted"}


def test_the_household_maps_users_to_members(ada: AbstractUser, matrix: Movie, post: Post) -> None:
    _, household = addresses.replace(None)
    told = json.loads(post(payloads.plex("media.scrobble"), to=household).content)
    assert told["reason"] == "nobody"
    assert not HookDelivery.objects.exists()
    account = ServerAccount.objects.get()
    assert (account.server, account.account, account.user) == ("plex", "ada", None)
    account.user = ada
    account.save()
    assert json.loads(post(payloads.plex("media.scrobble"), to=household).content) == {
        "status": "noted"
    }
    settle(ada)
    assert known_of(ada) == IN_DIARY
    bob = payloads.plex("media.scrobble", Account={"title": "bob"})
    assert json.loads(post(bob, to=household).content)["reason"] == "nobody"


def test_a_delivery_takes_few_queries(
    post: Post, matrix: Movie, django_assert_max_num_queries: Any
) -> None:
    post(payloads.jellyfin_stop())
    with django_assert_max_num_queries(12):
        post(payloads.jellyfin_stop(ItemId="another"))
    with django_assert_max_num_queries(8):
        post(payloads.jellyfin_stop(ItemId="another"))

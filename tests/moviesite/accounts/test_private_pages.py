"""Sessions end, are listed, and are made for those alone who sign in or choose."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from catalog.models import Movie
from moviesite.accounts.cleanup import clean_up
from moviesite.accounts.models import User
from moviesite.accounts.private_pages import BEGAN, DAY, SEEN
from moviesite.accounts.tokens import create_token

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("plain_static")]

PASSWORD = "a-long-and-calm-evening-42"
OPEN = ("/", "/movies/", "/movies/?q=heat", "/watch-next/", "/accounts/login/", "/accounts/signup/")


@pytest.fixture
def ida(settings: Any) -> User:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    cache.clear()
    return User.objects.create_user("ida", password=PASSWORD)


def signed_in(user: User, user_agent: str = "") -> Client:
    client = Client(HTTP_USER_AGENT=user_agent)
    client.post("/accounts/login/", {"login": user.username, "password": PASSWORD})
    assert client.get("/ratings/").status_code == 200
    return client


def age(client: Client, **days: float) -> None:
    session = client.session
    for name, count in days.items():
        session[name] -= count * DAY
    session.save()


def is_in(client: Client) -> bool:
    return client.get("/ratings/").status_code == 200


def test_a_session_without_use_ends(ida: User) -> None:
    client = signed_in(ida)
    age(client, **{SEEN: 13.9})
    assert is_in(client)
    assert is_in(client), "used again"
    age(client, **{SEEN: 14.1})
    assert not is_in(client)


def test_any_session_ends_at_last(ida: User, settings: Any) -> None:
    settings.MATINEE_SESSION_DAYS = 3
    client = signed_in(ida)
    age(client, **{BEGAN: 2.9})
    assert is_in(client)
    age(client, **{BEGAN: 0.2})
    assert not is_in(client)
    assert not UserSession.objects.exists()


def test_a_session_of_the_version_before_goes_on(ida: User) -> None:
    client = signed_in(ida)
    session = client.session
    del session[BEGAN], session[SEEN]
    session.save()
    assert is_in(client)


def test_none_is_made_for_who_only_looks() -> None:
    film = Movie.objects.create(title="Heat", year=1995)
    for path in (*OPEN, film.get_absolute_url(), "/nothing-here/", "/ratings/", "/api/v1/movies"):
        Client().get(path)
    assert not Session.objects.exists()


def test_pages_of_members_are_kept_by_nobody(ida: User) -> None:
    client = signed_in(ida)
    for path in ("/", "/movies/", "/ratings/", "/accounts/profile/", "/api/v1/me/ratings"):
        assert "no-store" in client.get(path)["Cache-Control"], path
    _token, text = create_token(ida, "script")
    headers = {"Authorization": f"Bearer {text}"}
    assert "no-store" in Client().get("/api/v1/me/ratings", headers=headers)["Cache-Control"]
    assert "no-store" not in Client().get("/movies/").get("Cache-Control", "")


def test_sessions_are_listed_by_their_devices_and_end_everywhere(ida: User) -> None:
    phone = signed_in(ida, "Mozilla/5.0 (Android 15; Mobile; rv:140.0) Gecko/140.0 Firefox/140.0")
    laptop = signed_in(ida, "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/140")
    shown = laptop.get("/accounts/sessions/").content.decode()
    assert "Firefox on Android" in shown
    assert "Chrome on Windows" in shown
    assert laptop.post("/accounts/sessions/end/").status_code == 302
    assert not is_in(phone)
    assert not is_in(laptop)
    assert not UserSession.objects.exists()


def test_ended_sessions_are_cleared_at_night(ida: User) -> None:
    old, new = signed_in(ida), signed_in(ida)
    Session.objects.filter(session_key=old.session.session_key).update(
        expire_date=timezone.now() - timedelta(minutes=1)
    )
    clean_up()
    assert [one.session_key for one in UserSession.objects.all()] == [new.session.session_key]
    assert Session.objects.count() == 1

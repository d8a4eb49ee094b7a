"""The administration has no log-in of its own, and wants a second factor where the site does."""

from __future__ import annotations

from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.core import mail
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.test import Client

from moviesite.accounts.models import User

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("plain_static", "fast")]

PASSWORD = "a-long-and-calm-evening-42"
SECRET = "JBSWY3DPEHPK3PXP"
USER_PAGE = "/admin/accounts/user/"


@pytest.fixture
def fast(settings: Any) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    cache.clear()


@pytest.fixture
def boss() -> User:
    return User.objects.create_superuser("boss", "boss@matinee.example", PASSWORD)


@pytest.fixture
def strict(settings: Any) -> None:
    settings.MATINEE_STAFF_NEEDS_SECOND_FACTOR = True


def code(secret: str = SECRET) -> str:
    """What an app shows; the site takes the ones before and after as well."""
    return format_hotp_value(hotp_value(secret, list(yield_hotp_counters_from_time())[1]))


def logged_in(name: str = "boss") -> Client:
    client = Client()
    answer = client.post("/accounts/login/", {"login": name, "password": PASSWORD})
    assert answer.status_code == 302
    return client


@pytest.mark.parametrize("fields", [None, {"username": "boss", "password": PASSWORD}])
def test_the_form_of_the_admin_leads_to_the_sites(boss: User, fields: Any) -> None:
    client = Client()
    address = "/admin/login/?next=/admin/catalog/movie/"
    answer = client.post(address, fields) if fields else client.get(address)
    assert answer.status_code == 302
    assert "_auth_user_id" not in client.session
    assert answer.url == "/accounts/login/?next=/admin/catalog/movie/"
    assert Client().get("/admin/", follow=True).redirect_chain[-1] == (
        "/accounts/login/?next=/admin/",
        302,
    )


def test_it_leads_nowhere_else(boss: User) -> None:
    answer = Client().get("/admin/login/?next=https://evil.example/")
    assert answer.url == "/accounts/login/?next=/admin/"  # type: ignore[attr-defined]


def test_members_are_told_that_it_is_not_for_them() -> None:
    User.objects.create_user("ada", password=PASSWORD)
    assert logged_in("ada").get("/admin/", follow=True).status_code == 403


def test_without_the_setting_a_password_is_enough(boss: User) -> None:
    assert logged_in().get("/admin/").status_code == 200


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("strict")
def test_the_first_administrator_sets_up_a_factor_and_is_in(boss: User) -> None:
    client = logged_in()
    told = client.get("/admin/catalog/movie/", follow=True)
    assert told.redirect_chain[-1][0] == "/accounts/second-factor/?next=/admin/catalog/movie/"
    assert told.status_code == 200
    page = client.get("/accounts/2fa/totp/activate/")
    assert page.status_code == 200, "a log-in a moment ago is enough"
    secret = client.session["mfa.totp.secret"]
    done = client.post("/accounts/2fa/totp/activate/", {"code": code(secret)})
    assert done.status_code == 302, done.content.decode()
    assert client.get("/admin/").status_code == 200
    assert client.get("/accounts/second-factor/").url == "/admin/"  # type: ignore[attr-defined]


@pytest.mark.usefixtures("strict")
def test_a_session_that_showed_no_factor_shows_it_first(boss: User) -> None:
    client = logged_in()
    TOTP.activate(boss, SECRET)
    asked = client.get("/admin/", follow=True)
    assert asked.redirect_chain[-1][0] == "/accounts/2fa/reauthenticate/?next=/admin/"
    in_again = client.post("/accounts/2fa/reauthenticate/?next=/admin/", {"code": code()})
    assert in_again.status_code == 302
    assert client.get("/admin/").status_code == 200


@pytest.mark.usefixtures("strict")
def test_without_a_factor_shown_the_api_administers_nothing_either(boss: User) -> None:
    ada = User.objects.create_user("ada", "ada@matinee.example")
    client = logged_in()
    film = {"source": "kodi", "items": [{"external_id": "k-1", "title": "Paper Moon"}]}
    rating = {"film": "k-1", "at": "2026-01-02T12:00:00Z", "rating": 1, "member": "ada"}

    def answers() -> list[int]:
        put = client.put("/api/v1/bulk/films", film, content_type="application/json")
        events = {"source": "kodi", "items": [rating]}
        post = client.post("/api/v1/bulk/events", events, content_type="application/json")
        token = client.post("/accounts/tokens/", {"name": "script", "scope": "admin"})
        return [put.status_code, post.status_code, token.status_code]

    assert answers() == [403, 403, 422]
    assert not ada.ratings.exists()
    assert not boss.api_tokens.exists()
    TOTP.activate(boss, SECRET)
    client.post("/accounts/2fa/reauthenticate/?next=/admin/", {"code": code()})
    assert answers() == [200, 200, 200]
    assert (ada.ratings.count(), boss.api_tokens.get().scope) == (1, "admin")


@pytest.mark.parametrize("page", ["socialaccount/socialaccount", "mfa/authenticator"])
def test_ways_into_an_account_are_made_after_a_log_in_a_moment_ago(
    boss: User, settings: Any, page: str
) -> None:
    client = logged_in()
    settings.ACCOUNT_REAUTHENTICATION_TIMEOUT = 0
    asked = client.post(f"/admin/{page}/add/", {})
    assert asked.url.startswith("/accounts/reauthenticate/")  # type: ignore[attr-defined]


@pytest.mark.usefixtures("strict")
def test_who_has_a_factor_is_asked_for_it_at_the_log_in(boss: User) -> None:
    TOTP.activate(boss, SECRET)
    client = logged_in()
    assert client.get("/admin/", follow=True).redirect_chain[-1][0] == "/accounts/2fa/authenticate/"
    client.post("/accounts/2fa/authenticate/", {"code": code()})
    assert client.get("/admin/").status_code == 200


def test_a_lost_factor_is_removed_by_a_command(boss: User, capsys: Any) -> None:
    TOTP.activate(boss, SECRET)
    call_command("remove_second_factors", "Boss")
    assert not Authenticator.objects.exists()
    with pytest.raises(CommandError, match="no member nobody"):
        call_command("remove_second_factors", "nobody")


def test_rights_are_given_after_a_log_in_a_moment_ago_and_their_owner_is_told(
    boss: User, settings: Any
) -> None:
    ada = User.objects.create_user("ada", "ada@matinee.example")
    client = logged_in()
    fields = {
        "username": "ada",
        "email": "ada@matinee.example",
        "is_active": "on",
        "is_staff": "on",
        "sharing-TOTAL_FORMS": "0",
        "sharing-INITIAL_FORMS": "0",
    }
    settings.ACCOUNT_REAUTHENTICATION_TIMEOUT = 0
    asked = client.post(f"{USER_PAGE}{ada.pk}/change/", fields)
    assert asked.url.startswith("/accounts/reauthenticate/")  # type: ignore[attr-defined]
    ada.refresh_from_db()
    assert not ada.is_staff
    settings.ACCOUNT_REAUTHENTICATION_TIMEOUT = 300
    client.post(asked.url, {"password": PASSWORD})  # type: ignore[attr-defined]
    ada.refresh_from_db()
    assert ada.is_staff, "the change that waited is done"
    assert mail.outbox[-1].to == ["ada@matinee.example"]
    assert "Staff status" in mail.outbox[-1].body

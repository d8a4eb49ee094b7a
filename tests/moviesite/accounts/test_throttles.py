"""Guessing is slowed down for an account, an address and a device; its member gets in."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client, RequestFactory

from moviesite.accounts.adapter import AccountAdapter
from moviesite.accounts.delays import Pace
from moviesite.accounts.models import User
from moviesite.accounts.throttles import _digest, account_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("plain_static", "fresh")]

PASSWORD = "a-long-and-calm-evening-42"
WAYS = ("Ida", "ida", "IDA", "iDa", "ｉｄａ", "ida@matinee.example", "IDA@Matinee.example")


@pytest.fixture
def fresh(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """No wait is over before its test is: how they grow is tried in ``test_delays.py``."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    monkeypatch.setattr(
        Pace, "wait_after", lambda pace, tries: pace.longest if tries > pace.free else 0
    )
    cache.clear()


@pytest.fixture
def ida() -> User:
    return User.objects.create_user("Ida", "ida@matinee.example", PASSWORD)


def log_in(client: Client, login: str, password: str, address: str = "198.51.100.1") -> bool:
    fields = {"login": login, "password": password}
    answer = client.post("/accounts/login/", fields, REMOTE_ADDR=address)
    return answer.status_code == 302


def guess(times: int, *ways: str) -> None:
    """From an address of its own each time."""
    for n in range(times):
        assert not log_in(Client(), ways[n % len(ways)], f"guess {n}", f"203.0.113.{n}")


def test_an_account_is_one_however_it_is_written(ida: User) -> None:
    assert {account_of({"username": way}) for way in WAYS[:4]} == {"Ida"}
    assert {account_of({"email": way}) for way in WAYS[5:]} == {"Ida"}
    assert account_of({"username": "Nobody"}) == account_of({"username": "nobody"})
    assert account_of({}) == ""


def test_guesses_count_together_in_whatever_way_they_name_the_account(ida: User) -> None:
    guess(25, *WAYS[:4], *WAYS[5:])
    for way in ("ida", "ida@matinee.example"):
        assert not log_in(Client(), way, PASSWORD), "slowed down, from an address without guesses"


def test_who_waits_gets_in_and_is_told_how_long(ida: User) -> None:
    for n in range(11):
        log_in(Client(), "ida", f"guess {n}")
    page = Client().post(
        "/accounts/login/", {"login": "ida", "password": PASSWORD}, REMOTE_ADDR="198.51.100.1"
    )
    assert re.search(r"wait \d{3} seconds before the next one", page.content.decode())
    assert cache.delete(f"delays.here.{_digest('Ida')}.198.51.100.1.wait"), "the wait is over"
    assert log_in(Client(), "ida", PASSWORD)


def test_a_new_password_by_mail_ends_the_wait(ida: User) -> None:
    guess(25, "ida")
    adapter = AccountAdapter()
    adapter._delete_login_attempts_cached_email(RequestFactory().post("/"), email=ida.email)
    assert log_in(Client(), "ida", PASSWORD)


def test_one_address_alone_uses_no_account_up(ida: User) -> None:
    for n in range(40):
        assert not log_in(Client(), "ida", f"guess {n}")
    assert not log_in(Client(), "ida", PASSWORD)
    assert log_in(Client(), "ida", PASSWORD, "198.51.100.2")


def test_a_known_device_gets_in_while_others_guess(ida: User) -> None:
    known = Client()
    assert log_in(known, "ida", PASSWORD)
    known.post("/accounts/logout/")
    guess(25, *WAYS)
    assert not log_in(Client(), "ida", PASSWORD, "198.51.100.9")
    assert log_in(known, "ida@matinee.example", PASSWORD)


def test_a_known_device_guesses_no_more_than_others(ida: User) -> None:
    known = Client()
    assert log_in(known, "ida", PASSWORD)
    known.post("/accounts/logout/")
    for n in range(11):
        assert not log_in(known, "ida", f"guess {n}")
    assert not log_in(known, "ida", PASSWORD)


def test_a_device_is_known_for_its_own_members_alone(ida: User) -> None:
    User.objects.create_user("ada", password=PASSWORD)
    client = Client()
    assert log_in(client, "ada", PASSWORD)
    client.post("/accounts/logout/")
    guess(25, "ida")
    assert not log_in(client, "ida", PASSWORD)
    client.cookies["device"] = client.cookies["device"].value.replace(":", "1:", 1)
    assert not log_in(client, "ida", PASSWORD), "nor is one that is made up"

"""Limits on what is dear, by account and by address."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from redis.exceptions import ConnectionError as NoServer

from moviesite import throttles
from moviesite.accounts.models import User
from moviesite.accounts.tokens import create_token

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("plain_static")]

SEARCH = "/api/v1/movies?search=heat"
ELSEWHERE = "198.51.100.7"


@pytest.fixture(autouse=True)
def few(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two of each are let in."""
    settings.MATINEE_LIMITS = True
    small = tuple(
        throttles.Limit(one.name, one.path, one.methods, 2, 3600, one.asked)
        for one in throttles.LIMITS
    )
    monkeypatch.setattr(throttles, "LIMITS", small)
    cache.clear()


def statuses(client: Client, path: str, method: str = "get", times: int = 3) -> list[int]:
    return [getattr(client, method)(path).status_code for _ in range(times)]


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("get", SEARCH),
        ("get", "/movies/?q=heat"),
        ("get", "/search/?q=heat"),
        ("get", "/watch-next/"),
        ("post", "/import/"),
        ("post", "/hooks/none"),
        ("get", "/accounts/export.json"),
    ],
)
def test_each_address_has_a_limit(client: Client, method: str, path: str) -> None:
    told = statuses(client, path, method)
    assert 429 not in told[:2]
    assert told[2] == 429


def test_the_refusal_says_when_to_come_back_and_looks_like_the_site(client: Client) -> None:
    statuses(client, SEARCH)
    answer = client.get(SEARCH)
    assert answer.json()["detail"] == "Too many requests."
    assert 0 < int(answer["Retry-After"]) <= 3600
    page = client.get("/movies/?q=heat")
    assert page.status_code == 429, "one counter for both"
    assert "One at a time, please" in page.content.decode()


def test_looking_about_is_not_counted(client: Client) -> None:
    assert set(statuses(client, "/movies/", times=4)) == {200}


def test_members_are_counted_by_account_and_visitors_by_address(client: Client) -> None:
    statuses(client, SEARCH)
    assert client.get(SEARCH, REMOTE_ADDR=ELSEWHERE).status_code == 200
    member = Client()
    member.force_login(User.objects.create_user("ada"))
    assert statuses(member, SEARCH) == [200, 200, 429]
    assert member.get(SEARCH, REMOTE_ADDR=ELSEWHERE).status_code == 429


def test_wrong_tokens_are_counted_by_address_and_the_right_one_gets_in() -> None:
    def ask(token: str, address: str = "198.51.100.1") -> int:
        headers = {"Authorization": f"Bearer {token}"}
        return Client(REMOTE_ADDR=address).get("/api/v1/me/ratings", headers=headers).status_code

    _token, text = create_token(User.objects.create_user("ada"), "script")
    told = [ask(f"matinee_{n}") for n in range(31)]
    assert told == [401] * 30 + [429]
    assert ask(text) == 200
    assert ask("matinee_x", ELSEWHERE) == 401


def test_without_a_cache_nobody_is_held_up(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise NoServer("gone")

    monkeypatch.setattr(throttles.cache, "add", fail)
    assert set(statuses(client, SEARCH, times=4)) == {200}


def test_a_local_run_counts_nothing(client: Client, settings: Any) -> None:
    settings.MATINEE_LIMITS = False
    assert set(statuses(client, SEARCH, times=4)) == {200}

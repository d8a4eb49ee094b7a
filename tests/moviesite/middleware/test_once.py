"""Every request that changes something, sent twice at once: one result, and no error.

A middleware of the test holds the first request until the second one waits for it, so that the two
meet each time. What one member's request adds to each table, two at once of another member add too.
"""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
from allauth.account.internal.flows.login import AUTHENTICATION_METHODS_SESSION_KEY
from django.apps import apps
from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import connection, connections
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import NoReverseMatch, URLPattern, URLResolver, get_resolver, reverse

from catalog.models import DiaryEntry, Movie, MovieList
from catalog.services.bulk_ratings import rate_one
from catalog.services.diary import Viewing, write
from catalog.services.lists import add_films, make_list
from catalog.services.undo import sealed
from moviesite.accounts.models import ApiToken
from moviesite.accounts.tokens import create_token

PASSWORD = "a-long-and-calm-evening-42"
WAITS = "SELECT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted)"
JSON = "application/json"
DAY = date(2026, 1, 1)
TWO = threading.Event()  # two requests are on their way


def meet(get_response: Callable[[HttpRequest], HttpResponse]) -> Any:
    """Holds a request until another one waits for a lock: at most for two seconds."""

    def hold(request: HttpRequest) -> HttpResponse:
        until = time.monotonic() + (2 if TWO.is_set() else 0)
        while request.method != "GET" and time.monotonic() < until:
            with connection.cursor() as cursor:
                cursor.execute(WAITS)
                if cursor.fetchone()[0]:
                    break
            time.sleep(0.005)
        return get_response(request)

    return hold


@dataclass
class Scene:
    """A member with something of each kind."""

    client: Client
    user: Any
    films: list[Movie]
    list: MovieList
    entry: DiaryEntry
    token: ApiToken
    step: str
    headers: dict[str, str]


def scene(name: str, films: list[Movie]) -> Scene:
    user = get_user_model().objects.create_user(name, f"{name}@example.org", PASSWORD)
    client = Client()
    client.force_login(user)
    session = client.session
    session[AUTHENTICATION_METHODS_SESSION_KEY] = [{"method": "password", "at": time.time()}]
    session[f"{AUTHENTICATION_METHODS_SESSION_KEY}_user"] = str(user.pk)
    session.save()
    some = make_list(user_id=user.pk, title="Some")
    add_films(some, [film.pk for film in films[:2]])
    entry = write(user_id=user.pk, movie=films[0], viewing=Viewing(DAY)).entry
    token, text = create_token(user, "script")
    before = rate_one(user.pk, films[4], 7)
    step = sealed(user.pk, "ratings", before)
    bearer = {"Authorization": f"Bearer {text}"}
    return Scene(client, user, films, some, entry, token, step, bearer)


def film(place: int) -> Callable[[Scene], list[int]]:
    return lambda here: [here.films[place].pk]


# By the name of an address: its arguments, and what a form or a program sends to it.
FORMS: dict[str, tuple[Callable[[Scene], list[Any]], Callable[[Scene], dict[str, Any]]]] = {
    "catalog:rate": (film(3), lambda here: {"rating": "4.5"}),
    "catalog:keep": (film(3), lambda here: {"on": "1"}),
    "catalog:hide": (film(3), lambda here: {"on": "1"}),
    "catalog:see": (film(3), lambda here: {"on": "1"}),
    "catalog:log": (film(3), lambda here: {"watched_on": "2026-02-01", "stars": "4.0"}),
    "catalog:change-ratings": (
        lambda here: [],
        lambda here: {"movie": here.films[4].pk, "do": "rate", "stars": "1.0"},
    ),
    "catalog:diary-edit": (
        lambda here: [here.entry.pk],
        lambda here: {"watched_on": "2026-01-02", "note": "twice"},
    ),
    "catalog:diary-delete": (lambda here: [here.entry.pk], lambda here: {}),
    "catalog:list-new": (lambda here: [], lambda here: {"title": "New"}),
    "catalog:list-edit": (lambda here: [here.list.pk], lambda here: {"title": "Other"}),
    "catalog:list-delete": (lambda here: [here.list.pk], lambda here: {}),
    "catalog:list-add": (lambda here: [here.list.pk], lambda here: {"movie": here.films[2].pk}),
    "catalog:list-remove": (lambda here: [here.list.pk, here.films[0].pk], lambda here: {}),
    "catalog:list-move": (
        lambda here: [here.list.pk, here.films[0].pk],
        lambda here: {"step": "1"},
    ),
    "catalog:list-note": (
        lambda here: [here.list.pk, here.films[0].pk],
        lambda here: {"note": "good"},
    ),
    "catalog:undo": (lambda here: [], lambda here: {"step": here.step}),
    "catalog:hook-address": (lambda here: [], lambda here: {}),
    "catalog:hook-account": (lambda here: [], lambda here: {"account": "ada"}),
    "recommender:filters": (lambda here: [], lambda here: {"popularity": "0.5", "diversity": "0"}),
    "profile": (
        lambda here: [],
        lambda here: {"username": here.user.username, "is_public": "on"},
    ),
    "api-tokens": (lambda here: [], lambda here: {"name": "another"}),
    "api-token-remove": (lambda here: [here.token.pk], lambda here: {}),
    "catalog:theme": (lambda here: [], lambda here: {"theme": "dark"}),
    "catalog:friends-ask": (lambda here: [], lambda here: {"name": "carol"}),
    "account-delete": (
        lambda here: [],
        lambda here: {"password": PASSWORD, "username": here.user.username},
    ),
    "sessions-end": (lambda here: [], lambda here: {}),
}

# What programs send: the method, the address below the API, the body.
CALLS: list[tuple[str, str, dict[str, Any]]] = [
    ("PUT", "me/ratings/{film}", {"rating": 4.5}),
    ("DELETE", "me/ratings/{rated}", {}),
    ("PUT", "me/seen/{film}", {"watched_on": "2026-01-01"}),
    ("DELETE", "me/seen/{film}", {}),
    ("PUT", "me/watchlist/{film}", {}),
    ("DELETE", "me/watchlist/{film}", {}),
    ("PUT", "me/hidden/{film}", {}),
    ("DELETE", "me/hidden/{film}", {}),
    ("POST", "me/diary", {"movie": "{film}", "watched_on": "2026-03-01", "rating": 4}),
    ("PUT", "me/diary/{entry}", {"watched_on": "2026-01-03"}),
    ("DELETE", "me/diary/{entry}", {}),
    ("POST", "me/lists", {"title": "New"}),
    ("PATCH", "me/lists/{list}", {"title": "Other"}),
    ("PUT", "me/lists/{list}/films/{film}", {"place": 1}),
    ("DELETE", "me/lists/{list}/films/{film}", {}),
    ("DELETE", "me/lists/{list}", {}),
    ("PUT", "me/filters", {"diversity": 0.5}),
    ("DELETE", "me/filters", {}),
    ("PATCH", "me/profile", {"findable": False}),
]
# Answered by packages of others, or shown twice at once elsewhere.
ELSEWHERE = re.compile(
    r"(account_|mfa_|usersessions_|set_language|admin:|api-v1:|"
    # Each of these takes a lock of its import or sync: tests/catalog/member_import, hooks.
    r"catalog:(import|sync|fetch-watched|hook$|decline-stars|hook-remove)|"
    # Under a lock of the members, of the list or of the request.
    r"catalog:(friend$|report|ask-review|moderation|film-request|country|elsewhere)|"
    # A seat in the session, or a step of the page before.
    r"catalog:(night|finish|notice|new-feeds|services|share|only-mine|unread)|"
    r"recommender:(night|onboarding|tonight)|"
    # Ways into an account, and devices, which their own tests try.
    r"household|invited|openid_|socialaccount_|second-factor|metrics|health-)"
)


@pytest.fixture
def member(plain_static: None, django_user_model: Any, db: None) -> Client:
    client = Client()
    client.force_login(django_user_model.objects.create_user("ada"))
    return client


@pytest.fixture
def meeting(settings: Any, plain_static: None) -> None:
    settings.MIDDLEWARE = [*settings.MIDDLEWARE, "tests.moviesite.middleware.test_once.meet"]


def counts() -> dict[str, int]:
    tables = (table for table in apps.get_models() if table._meta.managed)
    return {table._meta.label: table._base_manager.count() for table in tables}


def added(before: dict[str, int]) -> dict[str, int]:
    passing = {"sessions.Session", "usersessions.UserSession"}
    now = counts()
    return {
        name: now[name] - number
        for name, number in before.items()
        if now[name] != number and name not in passing
    }


def twice(send: Callable[[], Any]) -> list[Any]:
    """The answers of two threads that send the same at once."""
    answers: list[Any] = []

    def one() -> None:
        try:
            answers.append(send())
        finally:
            connections.close_all()

    threads = [threading.Thread(target=one) for _ in range(2)]
    TWO.set()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    TWO.clear()
    assert len(answers) == 2, "one of two requests failed"
    return answers


def copies(client: Client) -> Iterator[Client]:
    """The same browser again: a client of Django's is for one thread."""
    while True:
        other = Client(raise_request_exception=False)
        other.cookies.load({name: one.value for name, one in client.cookies.items()})
        yield other


@pytest.mark.django_db(transaction=True)
def test_each_form_sent_twice_at_once_has_one_result(meeting: None) -> None:
    get_user_model().objects.create_user("carol")
    films = [Movie.objects.create(title=f"Film {number}") for number in range(5)]
    wrong = []
    for place, (name, (arguments, sent)) in enumerate(FORMS.items()):
        once, both = scene(f"ada{place}", films), scene(f"bob{place}", films)
        before = counts()
        with_one = once.client.post(reverse(name, args=arguments(once)), sent(once))
        expected = added(before)
        before = counts()
        clients = copies(both.client)
        address, data = reverse(name, args=arguments(both)), sent(both)
        answers = twice(lambda: next(clients).post(address, data))  # noqa: B023
        codes = {answer.status_code for answer in answers}
        asked_again = "/accounts/" in with_one.get("Location", "") and name.startswith("catalog:")
        if codes != {with_one.status_code} or with_one.status_code >= 400 or asked_again:
            wrong.append((name, with_one.status_code, codes))
        if added(before) != expected:
            wrong.append((name, expected, added(before)))
    assert wrong == []


@pytest.mark.django_db(transaction=True)
def test_each_call_of_a_program_sent_twice_at_once_has_one_result(meeting: None) -> None:
    films = [Movie.objects.create(title=f"Film {number}") for number in range(5)]
    wrong = []
    once, both = scene("ada", films), scene("bob", films)
    for method, path, body in CALLS:

        def send(here: Scene) -> Any:
            keys = {"film": here.films[3].pk, "rated": here.films[4].pk}
            keys |= {"entry": here.entry.pk, "list": here.list.pk}
            address = "/api/v1/" + path.format(**keys)  # noqa: B023
            data = json.dumps(body).replace('"{film}"', str(keys["film"]))  # noqa: B023
            client = Client(raise_request_exception=False)
            return client.generic(method, address, data, JSON, headers=here.headers)  # noqa: B023

        before = counts()
        with_one = send(once)
        expected = added(before)
        before = counts()
        codes = {answer.status_code for answer in twice(lambda: send(both))}
        if codes != {with_one.status_code} or with_one.status_code >= 400:
            wrong.append((method, path, with_one.status_code, codes))
        if added(before) != expected:
            wrong.append((method, path, expected, added(before)))
    assert wrong == []


def test_each_address_that_takes_a_form_is_sent_twice(member: Client) -> None:
    forgotten = []
    for name in set(routes(get_resolver())) - set(FORMS):
        if ELSEWHERE.match(name):
            continue
        for arguments in ([], [1], [1, "x"], ["x"], [1, 1], ["w92", "x"]):
            with suppress(NoReverseMatch):
                if member.post(reverse(name, args=arguments)).status_code != 405:
                    forgotten.append(name)
                break
    assert forgotten == []


@pytest.mark.django_db(transaction=True)
def test_signing_up_twice_at_once_makes_one_member(meeting: None) -> None:
    browser = Client()
    address = reverse("account_signup")
    page = browser.get(address).content.decode()
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)
    assert token
    sent = {
        "username": "ada",
        "email": "ada@example.org",
        "password1": PASSWORD,
        "csrfmiddlewaretoken": token[1],
    }
    clients = copies(browser)
    answers = twice(lambda: next(clients).post(address, sent))
    assert [answer.status_code for answer in answers] == [302, 302]
    assert get_user_model().objects.filter(username="ada").count() == 1
    sessions = {answer.cookies[settings.SESSION_COOKIE_NAME].value for answer in answers}
    assert len(sessions) == 1, "both are logged in by the same session"


@pytest.mark.django_db(transaction=True)
def test_who_comes_late_is_told_so(plain_static: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """A form that adds what another request has just added, and that no lock knows of."""

    def add_twice(**_: Any) -> None:
        for _ in range(2):
            get_user_model().objects.create_user("twin")

    monkeypatch.setattr("catalog.views.lists.make_list", add_twice)
    member = Client()
    member.force_login(get_user_model().objects.create_user("ada"))
    answer = member.post("/lists/new/", {"title": "New"})
    assert answer.status_code == 409
    assert "Somebody was faster" in answer.content.decode()


def routes(resolver: URLResolver, names: tuple[str, ...] = ()) -> Iterator[str]:
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            inside = (*names, pattern.namespace) if pattern.namespace else names
            yield from routes(pattern, inside)
        elif isinstance(pattern, URLPattern) and pattern.name:
            yield ":".join([*names, pattern.name])

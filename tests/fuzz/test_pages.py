"""Hypothesis sends anything to every address and form of the site: no 500, no half of a change.

A request that is answered with an error must have written nothing: rows of all tables are counted.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import pytest
from django.apps import apps
from django.core.cache import cache
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import NoReverseMatch, URLPattern, URLResolver, get_resolver, reverse
from hypothesis import given
from hypothesis import strategies as st

from catalog.services.diary import Viewing, write
from catalog.services.lists import add_films, make_list
from tests.fuzz import CASES, drawn
from tests.recommender.world import World

SETTINGS = drawn(CASES)
# Answered by the API, or with a body of their own; the way out would end the session.
LEFT_OUT = ("api-v1:", "admin:", "account_logout", "health-")
WRITES = re.compile(r'(INSERT INTO|UPDATE|DELETE FROM) "(?!django_session|usersessions)')
NAMES = [
    *("q", "page", "sort", "genre", "year", "stars", "rating", "on", "step", "movie", "list", "do"),
    *("watched_on", "note", "rewatch", "title", "description", "is_public", "place", "next"),
    *("member", "name", "username", "email", "password", "password1", "login", "scope", "days"),
    *("include_genres", "year_from", "languages", "popularity", "diversity", "theme", "country"),
    *("url", "key", "account", "server", "answer", "rule", "reason", "text", "language", "file"),
]
ODD = ["", " ", "0", "-1", "1", "true", "NaN", "1e999", "9" * 30, "\0", "\ud800", "%00", "½"]
ODD += ["2026-02-30", "0001-01-01", "<b>", "' OR 1=1 --", "../..", "\r\nX: y", "🎬", "a" * 5000]
VALUES = st.one_of(st.sampled_from(ODD), st.text(max_size=30), st.integers().map(str))
FORMS = st.dictionaries(st.sampled_from(NAMES), st.lists(VALUES, max_size=3), max_size=6)
TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="/?#"), min_size=1)


def routes(resolver: URLResolver, before: tuple[str, ...] = ()) -> Iterator[tuple[str, URLPattern]]:
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            inside = (*before, pattern.namespace) if pattern.namespace else before
            yield from routes(pattern, inside)
        elif pattern.name:
            yield ":".join([*before, pattern.name]), pattern


def tried(ask: Callable[[], int]) -> tuple[int, bool]:
    """The status, and whether a row was written; all is taken back."""
    connection.queries_log.clear()  # it holds 9,000
    with transaction.atomic(), CaptureQueriesContext(connection) as asked:
        status = ask()
        transaction.set_rollback(True)
    return status, any(WRITES.match(one["sql"]) for one in asked.captured_queries)


def left_something(ask: Callable[[], int]) -> bool:
    """Whether what was written is still there after the answer."""
    before = counts()
    with transaction.atomic():
        ask()
        left = counts() != before
        transaction.set_rollback(True)
    return left


def counts() -> dict[str, int]:
    tables = (table for table in apps.get_models() if table._meta.managed)
    passing = {"sessions.Session", "usersessions.UserSession"}
    return {
        table._meta.label: table._base_manager.count()
        for table in tables
        if table._meta.label not in passing
    }


@pytest.fixture
def clients(world: World, plain_static: None, settings: Any) -> list[Client]:
    """A visitor and a member who has a list and a diary."""
    world.publish()
    ada = world.fan_of_even()
    films = make_list(user_id=ada.pk, title="Some")
    add_films(films, [movie.pk for movie in world.movies[:3]])
    write(user_id=ada.pk, movie=world.movies[0], viewing=Viewing(date(2026, 1, 1)))
    visitor, member = (Client(raise_request_exception=False) for _ in range(2))
    member.force_login(ada)
    return [visitor, member]


def arguments_of(pattern: URLPattern, world: World) -> dict[str, st.SearchStrategy[Any]]:
    keys = st.one_of(
        st.sampled_from([movie.pk for movie in world.movies[:5]]), st.integers(0, 2**70)
    )
    texts = st.one_of(TEXTS, st.sampled_from(["a\0b", "ada", "x.jpg"]))
    kinds = {"int": keys, "slug": st.from_regex(r"\A[-a-zA-Z0-9_]{1,20}\Z")}
    converters = pattern.pattern.converters
    return {
        name: kinds.get(type(one).__name__.removesuffix("Converter").lower(), texts)
        for name, one in converters.items()
    }


@pytest.mark.timeout(0 if CASES > 100 else 900)
def test_no_address_and_no_form_breaks_the_site(clients: list[Client], world: World) -> None:
    broken: list[str] = []
    asked: Counter[str] = Counter()
    for name, pattern in routes(get_resolver()):
        if name.startswith(LEFT_OUT):
            continue

        @SETTINGS
        @given(
            st.sampled_from(clients),
            st.sampled_from(["get", "post"]),
            st.fixed_dictionaries(arguments_of(pattern, world)),
            FORMS,
            st.booleans(),
        )
        def send(
            client: Client, method: str, arguments: dict[str, Any], sent: Any, by_script: bool
        ) -> None:
            cache.clear()
            asked[name] += 1  # noqa: B023
            try:
                address = reverse(name, kwargs=arguments)  # noqa: B023
            except NoReverseMatch:
                return
            data = {
                key: [one.encode("utf-8", "surrogatepass") for one in some]
                for key, some in sent.items()
            }
            headers = {"HX-Request": "true"} if by_script else {}

            def ask() -> int:
                return int(getattr(client, method)(address, data, headers=headers).status_code)

            status, wrote = tried(ask)
            if status >= 500 or (status >= 400 and wrote and left_something(ask)):
                broken.append(f"{status} {method} {name} {address!r} {sent!r}")  # noqa: B023

        send()
    print(f"{asked.total()} cases for {len(asked)} addresses")
    assert min(asked.values()) >= CASES, asked
    assert broken == [], "\n".join(broken[:40])

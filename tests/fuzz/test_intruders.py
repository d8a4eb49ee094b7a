"""Whoever tries the numbers of others' things, odd methods or headers gets nowhere."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from datetime import date
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import AbstractUser
from django.db.models import Model
from django.test import Client
from django.urls import NoReverseMatch, URLResolver, get_resolver, reverse

from catalog.models import (
    DiaryEntry,
    FilmRequest,
    MemberImport,
    MovieList,
    MovieNight,
    Takedown,
    WatchSync,
)
from catalog.services.diary import Viewing, write
from catalog.services.lists import add_films, make_list
from catalog.services.movie_nights import start_night
from moviesite.accounts.models import ApiToken
from moviesite.accounts.tokens import create_token
from tests.recommender.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("plain_static")]

PRIVATE = "only-ida-knows-this"
# Numbers in addresses that are of things which belong to somebody, by the name of the address.
OWNED: dict[str, type[Model]] = {
    **dict.fromkeys(["catalog:diary-edit", "catalog:diary-delete"], DiaryEntry),
    **{f"catalog:list{part}": MovieList for part in ("", "-by-number", "-edit", "-delete", "-add")},
    **{f"catalog:list-{part}": MovieList for part in ("remove", "move", "note")},
    "catalog:report-list": MovieList,
    "catalog:ask-review": Takedown,
    "catalog:import": MemberImport,
    **{
        f"catalog:import-{part}": MemberImport
        for part in ("choose", "answer", "stop-waiting", "rule", "apply", "undo", "discard")
    },
    "catalog:watch-sync": WatchSync,
    **{f"catalog:sync-{part}": WatchSync for part in ("choose", "apply", "leave-out", "undo")},
    "catalog:night-close": MovieNight,
    "api-token-remove": ApiToken,
    "mfa_remove_webauthn": Authenticator,
    "mfa_edit_webauthn": Authenticator,
    **{f"api-v1:{verb}_entry": DiaryEntry for verb in ("get", "put", "delete")},
    **{f"api-v1:{verb}_list": MovieList for verb in ("get", "patch", "delete")},
    **{f"api-v1:{what}": MovieList for what in ("list_films", "put_film", "delete_film")},
    **{f"api-v1:{verb}_import": MemberImport for verb in ("get", "delete", "apply", "undo")},
    **{f"api-v1:{what}": MemberImport for what in ("list_questions", "answer_questions")},
    **{f"api-v1:{what}": MemberImport for what in ("list_rows", "decide_row")},
    "catalog:film-request": FilmRequest,
    "api-v1:get_request": FilmRequest,
}
# And those of what all may see: films, people, members who can be found, years.
COMMON = {"movie_id", "person_id", "year", "movie_pk"}
OF_ALL = {
    *("movie", "actions", "rate", "keep", "hide", "see", "person", "film-lists"),
    *("log", "friend", "report-member", "similar", "prediction"),
    *("movie-by-number", "person-by-number"),
}


def addresses(
    resolver: URLResolver, before: tuple[str, ...] = (), keys: tuple[str, ...] = ()
) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Names of addresses outside the administration, and their parameters."""
    for pattern in resolver.url_patterns:
        here = (*keys, *pattern.pattern.converters)
        if isinstance(pattern, URLResolver):
            inside = (*before, pattern.namespace) if pattern.namespace else before
            if pattern.namespace != "admin":
                yield from addresses(pattern, inside, here)
        elif pattern.name:
            yield ":".join([*before, pattern.name]), here


def numbered() -> list[tuple[str, set[str]]]:
    """Those with numbers or codes of something."""
    named = [
        (name, {key for key in keys if key in ("pk", "code") or key.endswith(("_id", "_pk"))})
        for name, keys in addresses(get_resolver())
    ]
    return [(name, keys) for name, keys in named if keys]


def test_every_address_with_a_number_is_known_as_somebodys_or_as_everybodys() -> None:
    unknown = [
        name
        for name, keys in numbered()
        if name not in OWNED
        and name.rpartition(":")[2] not in OF_ALL
        and not name.startswith("catalog:night")  # by a code that guests have
        and not keys <= COMMON | {"provider_id"}
    ]
    assert unknown == []
    assert set(OWNED) <= {name for name, _ in numbered()}


@pytest.fixture
def idas(world: World) -> dict[type[Model], Model]:
    """A thing of each kind that belongs to Ida."""
    ida: AbstractUser = world.member("ida")
    films = make_list(user_id=ida.pk, title=PRIVATE)
    add_films(films, [world.even[0]])
    write(user_id=ida.pk, movie=world.movies[0], viewing=Viewing(date(2026, 1, 1), note=PRIVATE))
    night = start_night(host_id=ida.pk, movie_ids=world.even[:2], people=2, minutes=30)
    things: list[Model] = [
        DiaryEntry.objects.get(user=ida),
        films,
        night,
        MemberImport.objects.create(user=ida, file_name=PRIVATE, state="preview"),
        WatchSync.objects.create(user=ida, server="plex", state="preview"),
        Takedown.objects.create(part="profile", member=ida),
        FilmRequest.objects.create(user=ida, tmdb_id=1, title=PRIVATE),
        Authenticator.objects.create(user=ida, type="webauthn", data={"name": PRIVATE}),
        create_token(ida, PRIVATE)[0],  # type: ignore[arg-type]
    ]
    return {type(one): one for one in things}


def rows_of(things: dict[type[Model], Model]) -> list[dict[str, Any]]:
    kinds = [*things, *(one.related_model for one in MovieList._meta.related_objects)]
    return [row for kind in kinds for row in kind._base_manager.order_by("pk").values()]  # type: ignore[union-attr]


def address(name: str, thing: Model, world: World) -> str:
    values: dict[str, object] = {}
    for key in dict(addresses(get_resolver()))[name]:
        if key == "code":
            values[key] = thing.code  # type: ignore[attr-defined]
        elif key == "slug":
            values[key] = "any"
        else:
            values[key] = world.even[0] if key in COMMON else thing.pk
    return reverse(name, kwargs=values)


@pytest.mark.parametrize("who", ["visitor", "member", "staff"])
def test_nobody_reaches_what_is_a_members(
    client: Client, world: World, idas: dict[type[Model], Model], who: str
) -> None:
    """DELETE answers 204 for whatever is not there for whoever asks: it is not there afterwards."""
    if who != "visitor":
        eve = world.member("eve")
        eve.is_staff = who == "staff"
        eve.save()
        client.force_login(eve, "django.contrib.auth.backends.ModelBackend")
    before = rows_of(idas)
    reached = []
    for name, kind in OWNED.items():
        place = address(name, idas[kind], world)
        for method in ("GET", "POST", "PUT", "PATCH", "DELETE"):
            answer = client.generic(method, place, "{}", "application/json")
            told = answer.content.decode()
            leads_away = answer.status_code == 302 and "/accounts/" in answer["Location"]
            refused = leads_away or answer.status_code in (401, 403, 404, 405, 422)
            gone = method == "DELETE" and answer.status_code == 204 and who != "visitor"
            if not (refused or gone) or PRIVATE in told:
                reached.append(f"{method} {place}: {answer.status_code}")
    assert reached == []
    assert rows_of(idas) == before


def test_no_address_answers_trace(client: Client) -> None:
    answers = {}
    for name, keys in addresses(get_resolver()):
        if not keys:
            with suppress(NoReverseMatch):
                answers[name] = client.generic("TRACE", reverse(name)).status_code
    assert set(answers.values()) == {405}


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://evil.example/",
        "//evil.example/",
        "///evil.example",
        "/\\evil.example/",
        "https:///evil.example",
        "http:evil.example",
        "\thttps://evil.example",
        "javascript:alert(1)",
        "https://testserver@evil.example/",
        "https://evil.example\\@testserver/",
    ],
)
def test_no_redirect_leads_to_another_site(client: Client, world: World, elsewhere: str) -> None:
    film = world.even[0]
    onward = {"next": elsewhere}
    answers = [
        client.get("/accounts/login/", onward),
        client.post("/preferences/theme/", {"theme": "dark", **onward}),
        client.post("/preferences/theme/", {"theme": "dark"}, headers={"Referer": elsewhere}),
    ]
    client.force_login(world.member("eve"), "django.contrib.auth.backends.ModelBackend")
    answers += [
        client.get("/accounts/login/", onward),
        client.post(f"/movies/{film}/rate/", {"rating": "4", **onward}),
        client.post(f"/movies/{film}/watchlist/", onward),
        client.get("/accounts/reauthenticate/", onward),
        client.post("/accounts/logout/", onward),
    ]
    for answer in answers:
        location = answer.headers.get("Location", "/")
        assert location.startswith("/"), location
        assert not location.startswith(("//", "/\\")), location
        assert f'href="{elsewhere}' not in answer.content.decode()
    back = client.post("/preferences/theme/", {"theme": "dark", "next": "/movies/"})
    assert back["Location"] == "/movies/"


def test_made_up_headers_change_nothing(client: Client, world: World) -> None:
    """Neither host, address, scheme nor path are believed from whom no setting names."""
    plain = client.get("/movies/").content.decode()
    made_up = {
        "X-Forwarded-Host": "evil.example",
        "X-Forwarded-Proto": "https",
        "X-Forwarded-Prefix": "/evil",
        "X-Forwarded-For": "203.0.113.9",
        "X-Original-URL": "/admin/",
        "X-Rewrite-URL": "/admin/",
        "X-HTTP-Method-Override": "DELETE",
        "Remote-User": "ida",
        "Forwarded": "host=evil.example;proto=https",
    }
    answer = client.get("/movies/", headers=made_up)
    assert answer.status_code == 200
    assert "evil" not in answer.content.decode()
    assert len(answer.content.decode()) == len(plain)
    assert client.get("/movies/", headers={"Host": "evil.example"}).status_code == 400


def test_cookies_are_kept_from_scripts_and_from_other_sites(client: Client, world: World) -> None:
    ida: Any = world.member("ida")
    ida.set_password(PRIVATE)
    ida.save()
    client.get("/accounts/login/")
    client.post("/accounts/login/", {"login": "ida", "password": PRIVATE})
    client.post("/accounts/household/device/", {"wish": "join"})
    client.post("/preferences/theme/", {"theme": "dark"})
    assert {one["samesite"] for one in client.cookies.values()} == {"Lax"}
    for_scripts = {name for name, one in client.cookies.items() if not one["httponly"]}
    assert for_scripts == {"csrftoken", "theme"}
    assert {"sessionid", "device", "household"} <= set(client.cookies)

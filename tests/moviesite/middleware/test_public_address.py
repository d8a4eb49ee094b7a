"""The public address: what it may be, what follows from it, and that no page leaves its path."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.urls import Resolver404, clear_script_prefix, resolve, reverse, set_script_prefix
from pytest_django import Settings

from catalog.rendering.film_cards import forget_drawings
from catalog.services.lists import make_list
from moviesite.accounts.models import User
from moviesite.middleware.public_address import PublicAddress
from tests.recommender.world import World

ROOT = Path(__file__).resolve().parents[3]
PASSWORD = "a-long-and-calm-evening-42"
FILMS = "https://films.example/films/"
# Pages of one view differ by their object; these many of each are looked at.
OF_EACH = 2
ADDRESS = re.compile(r"^(?:/(?!/)|https?://)")
ON_THE_HOST = ("https://films.example", "http://films.example")


# --- The address and its settings -----------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "origin", "host", "path", "shown"),
    [
        ("", "", "", "", ""),
        ("https://films.example", "https://films.example", "films.example", "", None),
        (" https://films.example/ ", "https://films.example", "films.example", "", None),
        ("https://Films.Example/Films/", "https://films.example", "films.example", "/Films", None),
        ("http://10.0.0.2:8000//a//b", "http://10.0.0.2:8000", "10.0.0.2", "/a/b", None),
        ("https://[2001:db8::1]:8443/f", "https://[2001:db8::1]:8443", "[2001:db8::1]", "/f", None),
    ],
)
def test_parts_of_an_address(
    text: str, origin: str, host: str, path: str, shown: str | None
) -> None:
    address = PublicAddress.parse(text)
    assert (address.origin, address.host, address.path) == (origin, host, path)
    assert str(address) == (f"{origin}{path}/" if shown is None else shown)
    assert PublicAddress.parse(str(address)) == address


@pytest.mark.parametrize(
    ("path", "within"),
    [
        ("/films", "/"),
        ("/films/", "/"),
        ("/films/movies/", "/movies/"),
        ("/filmstrip/", None),
        ("/movies/", None),
        ("/", None),
    ],
)
def test_what_is_beneath_it(path: str, within: str | None) -> None:
    assert PublicAddress.parse(FILMS).beneath(path) == within
    assert PublicAddress.parse("https://films.example").beneath(path) is None


FOLLOWING = [
    *("ALLOWED_HOSTS", "CSRF_TRUSTED_ORIGINS", "FORCE_SCRIPT_NAME", "STATIC_URL"),
    *("CSRF_COOKIE_PATH", "SESSION_COOKIE_NAME", "SESSION_COOKIE_SECURE"),
    *("SECURE_SSL_REDIRECT", "SECURE_REDIRECT_EXEMPT", "SECURE_HSTS_SECONDS"),
    *("SECURE_HSTS_INCLUDE_SUBDOMAINS", "SECURE_HSTS_PRELOAD"),
]


def settings_with(**environment: str) -> dict[str, Any]:
    code = "import json, moviesite.settings as s;print(json.dumps({n:getattr(s,n) for n in %r}))"
    inherited = {name: value for name, value in os.environ.items() if name != "MATINEE_LOCAL"}
    told = subprocess.run(
        [sys.executable, "-c", code % FOLLOWING],
        env={**inherited, **environment},
        capture_output=True,
        text=True,
        check=True,
    )
    read: dict[str, Any] = json.loads(told.stdout)
    return read


def test_hosts_origins_scheme_path_and_cookies_follow_from_it() -> None:
    told = settings_with(
        MATINEE_URL="https://films.example:8443/films/",
        ALLOWED_HOSTS="nas.lan",
        CSRF_TRUSTED_ORIGINS="https://nas.lan",
    )
    assert told["ALLOWED_HOSTS"] == ["nas.lan", "films.example"]
    assert told["CSRF_TRUSTED_ORIGINS"] == ["https://nas.lan", "https://films.example:8443"]
    assert told["FORCE_SCRIPT_NAME"] == told["CSRF_COOKIE_PATH"] == "/films"
    assert told["STATIC_URL"] == "/films/static/"
    assert told["SESSION_COOKIE_NAME"] == "films-sessionid"
    assert told["SESSION_COOKIE_SECURE"] is told["SECURE_SSL_REDIRECT"] is True
    [exempt] = told["SECURE_REDIRECT_EXEMPT"]
    assert re.search(exempt, "films/health/live")
    assert re.search(exempt, "health/live")
    assert not re.search(exempt, "other/health/live")


def test_without_it_all_is_as_before() -> None:
    told = settings_with(ALLOWED_HOSTS="films.example")
    assert told["ALLOWED_HOSTS"] == ["films.example"]
    assert told["CSRF_TRUSTED_ORIGINS"] == []
    assert told["FORCE_SCRIPT_NAME"] is None
    assert told["STATIC_URL"] == "/static/"
    assert told["CSRF_COOKIE_PATH"] == "/"
    assert told["SESSION_COOKIE_NAME"] == "sessionid"
    assert told["SECURE_SSL_REDIRECT"] is True


@pytest.mark.parametrize(
    ("environment", "redirects"),
    [
        ({"MATINEE_URL": "http://nas.lan/"}, False),
        ({"MATINEE_URL": "http://nas.lan/", "HTTPS": ""}, False),
        ({"MATINEE_URL": "http://nas.lan/", "HTTPS": "true"}, True),
        ({"MATINEE_URL": FILMS, "HTTPS": "false"}, False),
        ({"MATINEE_LOCAL": "1"}, False),
        ({"MATINEE_LOCAL": "1", "MATINEE_URL": FILMS}, True),
    ],
)
def test_the_scheme_is_the_addresses_unless_it_is_said(
    environment: dict[str, str], redirects: bool
) -> None:
    told = settings_with(**environment)
    assert told["SECURE_SSL_REDIRECT"] is told["SESSION_COOKIE_SECURE"] is redirects


@pytest.mark.parametrize(
    ("environment", "subdomains", "preload"),
    [
        ({}, False, False),
        ({"HSTS_SUBDOMAINS": "true"}, True, False),
        ({"HSTS_SUBDOMAINS": "true", "HSTS_PRELOAD": "true"}, True, True),
        ({"HSTS_SUBDOMAINS": "true", "HTTPS": "false"}, False, False),
    ],
)
def test_other_sites_of_the_domain_are_bound_by_choice(
    environment: dict[str, str], subdomains: bool, preload: bool
) -> None:
    told = settings_with(**environment)
    assert told["SECURE_HSTS_INCLUDE_SUBDOMAINS"] is subdomains
    assert told["SECURE_HSTS_PRELOAD"] is preload
    assert (told["SECURE_HSTS_SECONDS"] > 0) is (environment.get("HTTPS") != "false")


# --- Under a path -----------------------------------------------------------------------------


@pytest.fixture
def under_a_path(settings: Settings, plain_static: None) -> Iterator[None]:
    address = PublicAddress.parse(FILMS)
    settings.PUBLIC_ADDRESS = address
    for name, value in address.settings().items():
        setattr(settings, name, value)
    settings.ALLOWED_HOSTS = ["films.example", "nas.lan"]
    settings.STORAGES = dict(settings.STORAGES)  # static files ask for the address anew
    set_script_prefix("/films/")  # as Django's handler of WSGI does
    forget_drawings()
    yield
    clear_script_prefix()
    forget_drawings()


class Addresses(HTMLParser):
    """Whatever an attribute of a page holds that looks like an address."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.followed: list[str] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        for name, value in attributes:
            for part in (value or "").split(", ") if name == "srcset" else [value or ""]:
                if ADDRESS.match(part):
                    self.found.append(part)
                    if name in ("href", "hx-get"):
                        self.followed.append(part)


def of(page: str) -> Addresses:
    addresses = Addresses()
    addresses.feed(page)
    return addresses


def stays(address: str) -> bool:
    if address.startswith("/"):
        return address.startswith("/films/") or address == "/films"
    if address.startswith(ON_THE_HOST):
        return address.startswith(FILMS)
    return "//testserver" not in address and "//nas.lan" not in address


def walk(client: Client, begin: str) -> tuple[set[str], list[tuple[str, str]]]:
    """The names of the views that were seen, and what leads out of the site on their pages."""
    waiting, known, seen, outside = [begin], {begin}, Counter[str](), []
    while waiting:
        address = waiting.pop(0)
        path = address.partition("?")[0].removeprefix("/films")
        try:
            view = resolve(path).view_name
        except Resolver404:
            continue  # a static file
        if seen[view] >= OF_EACH or "logout" in view:
            continue
        seen[view] += 1
        answer = client.get(address, headers={"Host": "films.example"}, secure=True)
        assert answer.status_code < 500, address
        page = of(answer.content.decode() if "html" in answer.get("Content-Type", "") else "")
        there = [answer["Location"]] if answer.has_header("Location") else []
        outside += [(address, one) for one in page.found + there if not stays(one)]
        outside += [
            (address, f"cookie {name}: {cookie['path']}")
            for name, cookie in answer.cookies.items()
            if cookie["path"] != "/films"
        ]
        for one in page.followed + there:
            one = one.partition("#")[0]
            if one.startswith("/films/") and one not in known:
                known.add(one)
                waiting.append(one)
    return set(seen), outside


@pytest.fixture
def people(under_a_path: None, world: World) -> dict[str, Client]:
    world.publish()
    member = world.fan_of_even()
    make_list(user_id=member.pk, title="Evenings", is_public=True)
    administrator = User.objects.create_superuser("root", "root@films.example", PASSWORD)
    made = {name: Client() for name in ("anonymous", "member", "administrator")}
    backend = "django.contrib.auth.backends.ModelBackend"
    made["member"].force_login(member, backend)
    made["administrator"].force_login(administrator, backend)
    return made


EXPECTED = {
    "anonymous": "home catalog:browse catalog:movie account_login account_signup",
    "member": "home catalog:movie catalog:diary catalog:lists catalog:list catalog:ratings profile"
    " account_email mfa_index api-tokens catalog:media-servers catalog:imports",
    "administrator": "admin:index admin:catalog_movie_changelist admin:catalog_movie_change"
    " admin:accounts_user_change admin:recommender_modelversion_changelist",
}


@pytest.mark.parametrize("who", ["anonymous", "member", "administrator"])
def test_no_page_leads_out_of_the_path(people: dict[str, Client], who: str) -> None:
    begin = "/films/admin/" if who == "administrator" else "/films/"
    seen, outside = walk(people[who], begin)
    assert outside == []
    assert seen >= set(EXPECTED[who].split()), sorted(seen)


def test_answers_to_forms_stay_too(people: dict[str, Client], world: World) -> None:
    client, member = people["anonymous"], people["member"]
    User.objects.create_user("ida", "ida@films.example", PASSWORD)
    film = world.movies[10]
    asked = [
        (client, "set_language", {"language": "de"}, {}),
        (client, "set_language", {"language": "en"}, {"Referer": "https://elsewhere.example/"}),
        (client, "catalog:theme", {"theme": "dark"}, {}),
        (client, "account_login", {"login": "ida", "password": PASSWORD}, {}),
        (client, "account_logout", {}, {}),
        (member, "catalog:rate", {"rating": "4"}, {}),
        (member, "catalog:keep", {"on": "1"}, {}),
    ]
    wrong = []
    for who, name, fields, headers in asked:
        arguments = [film.pk] if name in ("catalog:rate", "catalog:keep") else []
        answer = who.post(
            reverse(name, args=arguments),
            fields,
            headers={"Host": "films.example", **headers},
            secure=True,
        )
        if not stays(answer.get("Location", "")) or answer.status_code != 302:
            wrong.append((name, answer.status_code, answer.get("Location")))
        wrong += [
            (name, cookie.key, cookie["path"])
            for cookie in answer.cookies.values()
            if cookie["path"] != "/films"
        ]
    assert wrong == []


def test_a_page_for_members_asks_to_log_in_and_comes_back(under_a_path: None, db: None) -> None:
    answer = Client().get("/films/accounts/profile/", secure=True, HTTP_HOST="films.example")
    assert answer["Location"] == "/films/accounts/login/?next=/films/accounts/profile/"


def test_a_proxy_may_take_the_path_off(under_a_path: None, db: None) -> None:
    """And a health check may ask the process itself."""
    for path in ("/movies/", "/films/movies/"):
        answer = Client().get(path, secure=True, HTTP_HOST="films.example")
        assert answer.status_code == 200
        assert 'href="/films/movies/"' in answer.content.decode()


def test_mails_and_the_api_name_the_public_address(people: dict[str, Client]) -> None:
    """Also for one who came in by another name of the machine."""
    User.objects.create_user("ida", "ida@films.example", PASSWORD)
    fields = {"email": "ida@films.example"}
    address = reverse("account_reset_password")
    Client().post(address, fields, secure=True, HTTP_HOST="nas.lan")
    [message] = mail.outbox
    assert f"{FILMS}accounts/password/reset/key/" in message.body
    assert "nas.lan" not in f"{message.subject} {message.body}"
    document = Client().get("/films/api/v1/openapi.json", secure=True, HTTP_HOST="nas.lan").json()
    assert document["paths"]
    assert {path.startswith("/films/api/v1/") for path in document["paths"]} == {True}


@pytest.mark.parametrize("folder", ["css", "js"])
def test_no_script_or_style_names_the_root_of_the_host(folder: str) -> None:
    """Neither an address nor a cookie: a script has to be told the path by its page."""
    for file in sorted((ROOT / "static" / folder).glob("*")):
        assert not re.search(r"""["'`(]/(?![/*])[a-z]|Path=/""", file.read_text()), file

"""Under HTTPS a browser keeps each cookie under a name that only this host can set."""

from __future__ import annotations

import pytest
from django.test import Client
from pytest_django import Settings

from moviesite.accounts.models import User
from moviesite.middleware.public_address import PublicAddress

PASSWORD = "many-old-films-1931"

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("plain_static")]


@pytest.fixture(autouse=True)
def https(settings: Settings) -> Settings:
    settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = True
    return settings


def logged_in(client: Client) -> Client:
    User.objects.create_user("ida", "ida@films.example", PASSWORD)
    client.get("/accounts/login/", secure=True)
    token = {"csrfmiddlewaretoken": client.cookies[CSRF].value, "login": "ida"}
    answer = client.post(
        "/accounts/login/",
        {**token, "password": PASSWORD},
        secure=True,
        headers={"Referer": "https://testserver/"},
    )
    assert answer.status_code == 302
    return client


CSRF = "__Host-csrftoken"


def test_each_cookie_is_for_this_host_alone() -> None:
    client = logged_in(Client(enforce_csrf_checks=True))
    token = {"csrfmiddlewaretoken": client.cookies[CSRF].value}
    referer = {"Referer": "https://testserver/"}
    for address, form in (
        ("/preferences/theme/", {"theme": "dark"}),
        ("/accounts/household/device/", {"wish": "join"}),
        ("/i18n/setlang/", {"language": "de"}),
    ):
        client.post(address, {**token, **form}, secure=True, headers=referer)
    kept = client.cookies
    assert {"sessionid", "csrftoken", "device", "household", "theme", "django_language"} <= {
        name.removeprefix("__Host-") for name in kept
    }
    for name, cookie in kept.items():
        assert name.startswith("__Host-")
        assert (cookie["secure"], cookie["path"], cookie["domain"]) == (True, "/", ""), name
    page = client.get("/", secure=True)
    assert page.wsgi_request.user.get_username() == "ida"
    assert 'data-theme="dark"' in page.content.decode()
    assert 'data-cookies="__Host-"' in page.content.decode()


def test_a_cookie_of_a_plain_name_is_nobodys() -> None:
    """Another host of the domain, or whoever stands between, can set one."""
    client = logged_in(Client())
    planted = Client()
    planted.cookies["sessionid"] = client.cookies["__Host-sessionid"].value
    planted.cookies["theme"] = "dark"
    page = planted.get("/", secure=True)
    assert not page.wsgi_request.user.is_authenticated
    assert "data-theme" not in page.content.decode().partition("<head>")[0]


def test_a_log_out_takes_the_cookie_away() -> None:
    client = logged_in(Client())
    client.post("/accounts/logout/", secure=True)
    gone = client.cookies["__Host-sessionid"]
    assert gone.value == ""
    assert gone["secure"]
    assert "sessionid" not in client.cookies


def test_beneath_a_path_names_cannot_be_of_the_host(settings: Settings) -> None:
    settings.PUBLIC_ADDRESS = PublicAddress.parse("https://testserver/films/")
    settings.SESSION_COOKIE_PATH = settings.CSRF_COOKIE_PATH = "/films"
    client = Client()
    client.get("/accounts/login/", secure=True)
    cookie = client.cookies["__Secure-csrftoken"]
    assert (cookie["secure"], cookie["path"]) == (True, "/films")


def test_without_https_names_are_plain(settings: Settings) -> None:
    settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = False
    client = Client()
    page = client.get("/accounts/login/")
    assert "csrftoken" in client.cookies
    assert 'data-cookies=""' in page.content.decode()

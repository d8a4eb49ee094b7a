"""Who asks, where proxies stand in front, and what a made-up header changes: nothing."""

from __future__ import annotations

import ipaddress

import pytest
import structlog
from django.conf import settings as site
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.urls import reverse
from pytest_django import Settings

from moviesite import gunicorn_conf
from moviesite.accounts.delays import Pace
from moviesite.accounts.models import User
from moviesite.proxies import TrustedProxies, TrustedProxiesMiddleware, check_https_proxy

VISITOR, OTHER, BOT = "203.0.113.5", "203.0.113.6", "198.51.100.66"
PASSWORD = "a-long-and-calm-evening-42"
NEAR, FAR = "127.0.0.1", "10.0.0.2"


def seen(proxies: list[str], peer: str, **headers: str) -> HttpRequest:
    """The request as it comes to the rest of the site."""
    requests: list[HttpRequest] = []

    def rest(request: HttpRequest) -> HttpResponse:
        requests.append(request)
        return HttpResponse()

    site.MATINEE_TRUSTED_PROXIES = TrustedProxies.parse(proxies)
    request = RequestFactory().get("/", REMOTE_ADDR=peer, headers=headers)
    TrustedProxiesMiddleware(rest)(request)
    return requests[0]


@pytest.fixture(autouse=True)
def _unchanged(settings: Settings) -> None:
    settings.MATINEE_TRUSTED_PROXIES = TrustedProxies()


@pytest.mark.parametrize(
    ("proxies", "peer", "forwarded", "client"),
    [
        pytest.param("", NEAR, VISITOR, NEAR, id="nobody is trusted"),
        pytest.param(NEAR, VISITOR, OTHER, VISITOR, id="a visitor's own header"),
        pytest.param(NEAR, NEAR, VISITOR, VISITOR, id="told by the proxy"),
        pytest.param(NEAR, NEAR, f"{OTHER}, {VISITOR}", VISITOR, id="made up before the proxy"),
        pytest.param(NEAR, NEAR, f"{NEAR},{VISITOR}", VISITOR, id="made up to look trusted"),
        pytest.param(NEAR, NEAR, "", NEAR, id="the proxy says nothing"),
        pytest.param(f"{NEAR},10.0.0.0/8", NEAR, f"{VISITOR}, {FAR}", VISITOR, id="two in a row"),
        pytest.param(NEAR, NEAR, f"{VISITOR}, {FAR}", FAR, id="the farther one is not named"),
        pytest.param(NEAR, NEAR, "garbage", NEAR, id="garbage"),
        pytest.param(NEAR, NEAR, f"{VISITOR}, unknown", NEAR, id="garbage of the proxy's"),
        pytest.param(NEAR, NEAR, f"'; DROP --, {VISITOR}", VISITOR, id="garbage before it"),
        pytest.param(NEAR, NEAR, f"{VISITOR},", NEAR, id="an empty entry"),
        pytest.param(NEAR, NEAR, f"{VISITOR}:51234", VISITOR, id="a port"),
        pytest.param(NEAR, NEAR, "2001:db8::5", "2001:db8::5", id="IPv6"),
        pytest.param(NEAR, NEAR, "[2001:DB8::5]:443", "2001:db8::5", id="IPv6 and a port"),
        pytest.param(NEAR, NEAR, '"[2001:db8::5]"', "2001:db8::5", id="in quotes"),
        pytest.param(NEAR, NEAR, "fe80::1%eth0", "fe80::1", id="a zone"),
        pytest.param(NEAR, NEAR, f"::ffff:{VISITOR}", VISITOR, id="IPv4 in IPv6"),
        pytest.param(NEAR, f"::ffff:{NEAR}", VISITOR, VISITOR, id="the peer's IPv4 in IPv6"),
        pytest.param("2001:db8::/64", "2001:db8::9", VISITOR, VISITOR, id="an IPv6 network"),
        pytest.param(NEAR, "", VISITOR, VISITOR, id="a Unix socket"),
        pytest.param("", "", VISITOR, NEAR, id="a Unix socket that nobody trusts"),
        pytest.param("1", FAR, f"{OTHER}, {VISITOR}", VISITOR, id="one hop"),
        pytest.param("2", FAR, f"{OTHER}, {VISITOR}, {NEAR}", VISITOR, id="two hops"),
        pytest.param("2", FAR, VISITOR, VISITOR, id="fewer entries than hops"),
        pytest.param("1", FAR, "", FAR, id="a hop that says nothing"),
        pytest.param("0", FAR, VISITOR, FAR, id="no hop"),
    ],
)
def test_the_clients_address(proxies: str, peer: str, forwarded: str, client: str) -> None:
    headers = {"X-Forwarded-For": forwarded} if forwarded else {}
    request = seen(proxies.split(","), peer, **headers)
    assert request.META["REMOTE_ADDR"] == client
    assert "HTTP_X_FORWARDED_FOR" not in request.META, "nobody shall read it a second time"


@pytest.mark.parametrize(
    ("proxies", "scheme", "secure"),
    [
        ([], "https", False),
        ([FAR], "https", False),
        ([NEAR], "https", True),
        ([NEAR], "http", False),
        ([NEAR], "https, http", False),  # a client said the first
        ([NEAR], "http, https", True),
        ([NEAR], "gopher", False),
    ],
)
def test_the_scheme_is_what_a_trusted_proxy_says(
    proxies: list[str], scheme: str, secure: bool
) -> None:
    headers = {"X-Forwarded-For": VISITOR, "X-Forwarded-Proto": scheme}
    assert seen(proxies, NEAR, **headers).is_secure() is secure


def test_the_host_is_what_a_trusted_proxy_says(settings: Settings) -> None:
    settings.ALLOWED_HOSTS = ["films.example", "testserver"]
    headers = {"X-Forwarded-For": VISITOR, "X-Forwarded-Host": "films.example"}
    assert seen([], NEAR, **headers).get_host() == "testserver"
    assert seen([NEAR], NEAR, **headers).get_host() == "films.example"


def test_behind_two_proxies_the_outer_one_knows_the_scheme() -> None:
    headers = {"X-Forwarded-For": f"{VISITOR}, {FAR}", "X-Forwarded-Proto": "https, http"}
    assert seen([NEAR, FAR], NEAR, **headers).is_secure()


def test_gunicorn_leaves_the_decision_to_the_setting() -> None:
    assert gunicorn_conf.forwarded_allow_ips == gunicorn_conf.forwarder_headers == ""
    assert gunicorn_conf.secure_scheme_headers == {}


def test_who_is_passed_over_is_told_once() -> None:
    middleware = TrustedProxiesMiddleware(lambda request: HttpResponse())
    headers = {"X-Forwarded-For": VISITOR, "X-Forwarded-Proto": "https"}
    with structlog.testing.capture_logs() as logs:
        for _ in range(3):
            middleware(RequestFactory().get("/", REMOTE_ADDR=FAR, headers=headers))
    assert [(entry["event"], entry["peer"]) for entry in logs] == [("proxy_not_trusted", FAR)]


def test_https_without_a_proxy_is_warned_of(settings: Settings) -> None:
    settings.SECURE_SSL_REDIRECT = True
    assert [message.id for message in check_https_proxy()] == ["matinee.W001"]
    settings.MATINEE_TRUSTED_PROXIES = TrustedProxies.parse([NEAR])
    assert check_https_proxy() == []


def test_networks_are_kept_as_they_are_named() -> None:
    proxies = TrustedProxies.parse([" 10.0.0.0/8", "::1 ", ""])
    assert proxies.networks == (ipaddress.ip_network("10.0.0.0/8"), ipaddress.ip_network("::1"))
    assert not TrustedProxies.parse([])
    assert not TrustedProxies.parse(["0"])


# --- What counts by it ----------------------------------------------------------------------


def proxied(client_address: str, made_up: str = "") -> dict[str, str]:
    return {"X-Forwarded-For": ", ".join(filter(None, (made_up, client_address)))}


@pytest.fixture
def behind_a_proxy(settings: Settings) -> None:
    settings.MATINEE_TRUSTED_PROXIES = TrustedProxies.parse([NEAR])
    cache.clear()


def ask_api(client: Client, headers: dict[str, str]) -> int:
    address = "/api/v1/watch-next"
    body = {"movies": []}
    return client.post(address, body, content_type="application/json", headers=headers).status_code


@pytest.mark.django_db
def test_a_made_up_header_does_not_pass_the_limit_of_the_api(client: Client) -> None:
    cache.clear()
    answers = {ask_api(client, proxied(f"192.0.2.{n}")) for n in range(121)}
    assert 429 in answers


@pytest.mark.django_db
@pytest.mark.usefixtures("behind_a_proxy")
def test_behind_a_proxy_the_limit_of_the_api_is_each_clients_own(client: Client) -> None:
    answers = [ask_api(client, proxied(BOT, made_up=f"192.0.2.{n}")) for n in range(121)]
    assert answers[-1] == 429
    assert ask_api(client, proxied(VISITOR)) != 429


def log_in(name: str, password: str, headers: dict[str, str]) -> HttpResponse:
    fields = {"login": name, "password": password}
    answer: HttpResponse = Client().post(reverse("account_login"), fields, headers=headers)
    return answer


@pytest.mark.django_db
@pytest.mark.usefixtures("behind_a_proxy", "plain_static")
def test_one_who_guesses_holds_nobody_else_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Pace, "wait_after", lambda pace, tries: 900 if tries > pace.free else 0)
    User.objects.create_user("ida", "ida@matinee.example", PASSWORD)
    for n in range(11):
        log_in("ida", f"guess-{n}", proxied(BOT, made_up=f"192.0.2.{n}"))
    assert log_in("ida", PASSWORD, proxied(BOT)).status_code != 302
    assert log_in("ida", PASSWORD, proxied(VISITOR)).status_code == 302


@pytest.mark.django_db
@pytest.mark.usefixtures("behind_a_proxy", "plain_static")
def test_sign_ups_are_counted_for_each_client(settings: Settings) -> None:
    settings.ACCOUNT_RATE_LIMITS = {"signup": "1/m/ip"}
    address = reverse("account_signup")
    fields = {"username": "", "email": "", "password1": ""}
    told = [
        Client().post(address, fields, headers=proxied(one, made_up)).status_code
        for one, made_up in ((BOT, ""), (BOT, "192.0.2.1"), (VISITOR, ""))
    ]
    assert told == [200, 429, 200]


@pytest.mark.django_db
@pytest.mark.usefixtures("behind_a_proxy")
def test_logs_name_the_client(client: Client) -> None:
    with structlog.testing.capture_logs(
        processors=[structlog.contextvars.merge_contextvars]
    ) as logs:
        client.get(reverse("health-live"), headers=proxied(VISITOR, made_up=BOT))
    assert {entry["ip"] for entry in logs if entry["event"].startswith("request_")} == {VISITOR}

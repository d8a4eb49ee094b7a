"""A public site under a path, behind nginx and HTTPS: by hand, and nothing leaves the path."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from allauth.account.models import EmailAddress
from django.core.cache import cache
from django.db import connection
from playwright.sync_api import Browser, BrowserContext, BrowserType, Page, Response, expect

from moviesite.accounts.models import Invitation, User
from moviesite.accounts.sign_up import path_of, set_sign_up
from tests.browser.conftest import PASSWORD, Site
from tests.deployment.web_servers import (
    free_port,
    nginx_command,
    program,
    running,
    write_certificate,
)
from tests.oidc_provider import oidc_provider

pytestmark = pytest.mark.browser

ROOT = Path(__file__).resolve().parents[2]
SAMPLE = ROOT / "deploy" / "nginx" / "matinee-path.conf"
CLAIMS = {
    "sub": "sub-of-ida",
    "preferred_username": "ida",
    "email": "ida@films.example",
    "email_verified": True,
}
# Whatever in a page begins with the root of the host and not with the path.
STRAYS = """path => [...document.querySelectorAll("*")].flatMap(node =>
    [...node.attributes].filter(one => /^\\/(?!\\/)/.test(one.value) && !one.value.startsWith(path))
    .map(one => `${node.tagName} ${one.name}=${one.value}`))"""
PAGES = (
    *("", "movies/", "watch-next/", "ratings/", "watchlist/", "diary/", "lists/", "lists/new/"),
    *("friends/", "notices/", "import/", "taste/", "together/", "welcome/", "seen/", "hidden/"),
    *("accounts/profile/", "accounts/email/", "accounts/tokens/", "accounts/3rdparty/"),
    *("accounts/household/", "accounts/2fa/", "accounts/sessions/", "accounts/password/change/"),
    *("admin/", "admin/health/", "admin/catalog/movie/", "admin/catalog/movie/doubles/"),
    *("admin/accounts/user/", "admin/accounts/invitation/", "admin/recommender/modelversion/"),
)


@dataclass
class House:
    """``home`` is the address of the site; its mails are files in ``mails``."""

    home: str
    mails: Path


@dataclass
class Walk:
    """A page of a browser, and what its browser asked of the host."""

    page: Page
    home: str
    answers: list[tuple[int, str]] = field(default_factory=list)
    strays: list[str] = field(default_factory=list)

    def note(self, answer: Response) -> None:
        if answer.url.startswith(self.home.removesuffix("films/")):
            self.answers.append((answer.status, answer.url))

    def open(self, place: str) -> None:
        self.page.goto(self.home + place)
        self.look()

    def look(self) -> None:
        found = self.page.evaluate(STRAYS, urlsplit(self.home).path)
        self.strays += [f"{self.page.url}: {one}" for one in found]

    def stayed(self) -> None:
        assert self.strays == []
        assert [one for one in self.answers if not one[1].startswith(self.home)] == []
        assert [one for one in self.answers if one[0] >= 400] == []


@pytest.fixture(scope="module")
def house(django_db_setup: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A provider, a web process of the site on the tests' database, and nginx before it."""
    nginx, folder = program("nginx"), tmp_path_factory.mktemp("house")
    port, secure = free_port(), free_port()
    server = os.environ["DATABASE_URL"].rpartition("/")[0]
    home = f"https://localhost:{secure}/films/"
    sample = SAMPLE.read_text().replace("127.0.0.1:8000", f"127.0.0.1:{port}")
    proxy = nginx_command(nginx, sample, write_certificate(folder), secure, free_port(), True)
    web = [f"{Path(sys.executable).parent}/gunicorn", "--config", "python:moviesite.gunicorn_conf"]
    with oidc_provider(CLAIMS) as provider:
        environment = {
            **{name: value for name, value in os.environ.items() if name != "MATINEE_LOCAL"},
            "DATABASE_URL": f"{server}/{connection.settings_dict['NAME']}",
            "MATINEE_URL": home,
            "MATINEE_TRUSTED_PROXIES": "127.0.0.1",
            "MATINEE_VAR": str(folder / "state"),
            "MATINEE_STAFF_NEEDS_SECOND_FACTOR": "false",
            "MATINEE_LIMITS": "false",
            "EMAIL_URL": f"filemail:///{folder}/mails",
            "OIDC_SERVER_URL": provider,
            "OIDC_CLIENT_ID": "films",
            "OIDC_CLIENT_SECRET": "a-secret",
            "OIDC_NAME": "Our house",
            "WEB_CONCURRENCY": "1",
            "DJANGO_SETTINGS_MODULE": "moviesite.settings",
        }
        collect = ["manage.py", "collectstatic", "--noinput", "--verbosity", "0"]
        subprocess.run([sys.executable, *collect], cwd=ROOT, env=environment, check=True)
        with (
            running([*web, "--bind", f"127.0.0.1:{port}"], port, cwd=ROOT, env=environment),
            running(proxy, secure, cwd=folder),
        ):
            yield House(home, folder / "mails")


@pytest.fixture(scope="module")
def trusting(
    browser_type: BrowserType, browser_type_launch_args: dict[str, Any]
) -> Iterator[Browser]:
    """A browser that takes any certificate, for service workers, too."""
    arguments = [*browser_type_launch_args["args"], "--ignore-certificate-errors"]
    browser = browser_type.launch(**{**browser_type_launch_args, "args": arguments})
    yield browser
    browser.close()


@pytest.fixture
def context(trusting: Browser) -> Iterator[BrowserContext]:
    made = trusting.new_context(reduced_motion="reduce")
    made.set_default_timeout(60_000)
    yield made
    made.close()


@pytest.fixture
def walk(context: BrowserContext, house: House, site: Site) -> Iterator[Walk]:
    """With the films and the member of every test in a browser."""
    cache.clear()
    made = Walk(context.new_page(), house.home)
    context.on("response", made.note)
    yield made
    cache.clear()


def sign_in(walk: Walk, name: str, next_place: str = "") -> None:
    walk.open(f"accounts/login/?next={urlsplit(walk.home).path}{next_place}")
    walk.page.get_by_label("Login").fill(name)
    walk.page.get_by_label("Password").fill(PASSWORD)
    walk.page.get_by_role("main").get_by_role("button", name="Sign in", exact=True).click()
    walk.page.wait_for_url(walk.home + next_place)


def test_a_guest_signs_up_by_an_invitation(walk: Walk, house: House) -> None:
    set_sign_up("closed")
    walk.open("accounts/signup/")
    expect(walk.page.get_by_text("Sign-up is closed").first).to_be_visible()
    invitation = Invitation.objects.create(uses=1)
    walk.open(path_of(invitation).lstrip("/"))
    walk.page.get_by_label("Username").fill("guest")
    walk.page.get_by_label("Email").fill("guest@films.example")
    walk.page.get_by_label("Password", exact=True).fill(PASSWORD)
    walk.look()
    walk.page.get_by_role("main").get_by_role("button", name=re.compile("sign up", re.I)).click()
    walk.page.wait_for_url(re.compile("confirm-email"))
    [mail] = [one.read_text() for one in house.mails.iterdir() if "guest@" in one.read_text()]
    [link] = re.findall(rf"{walk.home}accounts/confirm-email/\S+", mail.replace("=\n", ""))
    walk.page.goto(link)
    walk.look()
    walk.page.get_by_role("main").get_by_role("button", name="Confirm").click()
    expect(walk.page).not_to_have_url(re.compile("confirm-email"))
    assert EmailAddress.objects.get(email="guest@films.example").verified
    walk.open("accounts/profile/")
    assert walk.page.url == f"{walk.home}accounts/profile/", "who confirmed is signed in"
    invitation.refresh_from_db()
    assert invitation.used == 1
    walk.stayed()


def test_somebody_whom_the_provider_knows_signs_up_and_comes_again(walk: Walk) -> None:
    set_sign_up("closed")
    for _ in range(2):
        walk.open(f"accounts/login/?next={urlsplit(walk.home).path}watchlist/")
        walk.page.get_by_role("main").get_by_role("link", name="Our house").click()
        walk.page.get_by_placeholder("sub").fill(CLAIMS["sub"])
        walk.page.get_by_role("button", name="Authorize").click()
        walk.page.wait_for_url(f"{walk.home}watchlist/")
        walk.look()
        walk.open("accounts/logout/")
        walk.page.get_by_role("main").get_by_role("button", name="Sign out").click()
        walk.page.wait_for_url(walk.home)
    assert User.objects.get(username="ida").emailaddress_set.get().verified
    walk.stayed()


def test_no_page_leads_out_of_the_path(walk: Walk, site: Site) -> None:
    User.objects.filter(pk=site.member.pk).update(is_staff=True, is_superuser=True)
    name = site.member.get_username()
    EmailAddress.objects.create(user=site.member, email="even@x.example", verified=True)
    sign_in(walk, name, "import/")
    for place in PAGES:
        walk.open(place)
    walk.open("movies/")
    walk.page.get_by_role("main").get_by_role("link", name="Film 30", exact=True).first.click()
    walk.page.wait_for_url(re.compile(rf"{walk.home}movies/\d+-"))
    star = walk.page.locator('[data-stars] input[type=radio][value="4.5"]').first
    with walk.page.expect_response(lambda answer: answer.request.method == "POST") as saved:
        star.check(force=True)
    assert saved.value.ok
    walk.look()
    walk.open("ratings/")
    expect(walk.page.get_by_role("main").get_by_text("Film 30").first).to_be_visible()
    walk.stayed()


def test_it_is_installed_under_the_path_and_nothing_else_of_the_host(
    walk: Walk, context: BrowserContext
) -> None:
    walk.open("movies/")
    walk.page.wait_for_function("navigator.serviceWorker.controller !== null")
    scope = walk.page.evaluate("navigator.serviceWorker.ready.then(one => one.scope)")
    assert scope == walk.home
    manifest = context.new_cdp_session(walk.page).send("Page.getAppManifest")
    assert (manifest["errors"], manifest["url"]) == ([], f"{walk.home}manifest.webmanifest")
    assert manifest["manifest"]["scope"] == walk.home
    walk.stayed()


def test_the_api_is_read_and_tried_under_the_path(walk: Walk, site: Site) -> None:
    EmailAddress.objects.create(user=site.member, email="even@x.example", verified=True)
    sign_in(walk, site.member.get_username())
    walk.open("api/v1/docs")
    operation = walk.page.locator("#operations-me-recommender_api_me_put_rating")
    operation.locator(".opblock-summary-control").click()
    operation.get_by_role("button", name="Try it out").click()
    operation.get_by_placeholder("movie_id").fill(str(site.world.movies[30].pk))
    operation.locator("textarea").fill('{"rating": 4.5}')
    operation.get_by_role("button", name="Execute").click()
    status = operation.locator(".live-responses-table .response .response-col_status")
    expect(status).to_contain_text("200")
    walk.stayed()

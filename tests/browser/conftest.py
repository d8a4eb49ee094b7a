"""A site with sixty films, models that know them, and a member who has rated some."""

from dataclasses import dataclass
from typing import Any

import pytest
from django.contrib.auth.models import AbstractUser
from django.contrib.staticfiles.handlers import StaticFilesHandlerMixin
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.test import Client
from playwright.sync_api import BrowserContext, CDPSession, Page

from tests.recommender.conftest import artifacts, fresh_process, plain_static, world
from tests.recommender.world import World

__all__ = ["artifacts", "fresh_process", "plain_static", "world"]

PASSWORD = "a-long-and-calm-evening-42"


@dataclass
class Site:
    address: str
    world: World
    member: AbstractUser

    def film(self, place: int) -> str:
        return self.address + self.world.movies[place].get_absolute_url()


@pytest.fixture
def kept_static(plain_static: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """A browser asks once for each static file, as it does in operation."""
    serve = StaticFilesHandlerMixin.serve

    def serve_to_keep(handler: StaticFilesHandlerMixin, request: HttpRequest) -> HttpResponseBase:
        answer = serve(handler, request)
        answer["Cache-Control"] = "max-age=3600"
        return answer

    monkeypatch.setattr(StaticFilesHandlerMixin, "serve", serve_to_keep)


@pytest.fixture
def site(transactional_db: None, kept_static: None, live_server: Any, world: World) -> Site:
    world.publish()
    member = world.fan_of_even()
    member.set_password(PASSWORD)
    member.save()
    return Site(live_server.url, world, member)


@pytest.fixture
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    # What a service worker could answer would pass by the routes of a test.
    return {**browser_context_args, "reduced_motion": "reduce", "service_workers": "block"}


@pytest.fixture
def quiet(context: BrowserContext) -> BrowserContext:
    """Posters never come: what a site without the image host shows."""
    context.route("**/images/**", lambda route: route.abort())
    return context


@pytest.fixture
def member_page(context: BrowserContext, site: Site) -> Page:
    page = context.new_page()
    without_images(page)
    log_in(page, site)
    return page


def without_images(page: Page) -> CDPSession:
    """As ``quiet``, but with the cache from which scripts and styles come: a route ends it."""
    tools = page.context.new_cdp_session(page)
    tools.send("Network.enable")
    tools.send("Network.setBlockedURLs", {"urls": ["*/images/*"]})
    return tools


def client_of(name: str) -> Client:
    client = Client(raise_request_exception=False)
    answer = client.post("/accounts/login/", {"login": name, "password": PASSWORD})
    assert answer.status_code == 302, name
    return client


def log_in(page: Page, site: Site) -> None:
    """Without a page: what the log-in looks like is for those who ``sign_in``."""
    session = client_of(site.member.get_username()).cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": session, "url": site.address}])


def sign_in(page: Page, site: Site) -> None:
    """As people do, who are at home then."""
    page.goto(f"{site.address}/accounts/login/")
    page.get_by_label("Login").fill(site.member.get_username())
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url(f"{site.address}/")

"""A site with sixty films, models that know them, and a member who has rated some."""

from dataclasses import dataclass
from typing import Any

import pytest
from django.contrib.auth.models import AbstractUser
from playwright.sync_api import BrowserContext, Page

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
def site(transactional_db: None, plain_static: None, live_server: Any, world: World) -> Site:
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
def member_page(quiet: BrowserContext, site: Site) -> Page:
    page = quiet.new_page()
    log_in(page, site)
    return page


def log_in(page: Page, site: Site) -> None:
    page.goto(f"{site.address}/accounts/login/")
    page.get_by_label("Login").fill(site.member.get_username())
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url(f"{site.address}/")

"""A site under a path in a browser: no page, script, style or cookie leaves it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from django.urls import clear_script_prefix
from playwright.sync_api import BrowserContext, Request, expect
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from moviesite.public_address import PublicAddress
from tests.browser.conftest import PASSWORD, Site
from tests.moviesite.test_public_address import forget_drawings
from tests.recommender.world import World

pytestmark = pytest.mark.browser


@pytest.fixture
def site(
    transactional_db: None, settings: Settings, world: World, plain_static: None
) -> Iterator[Site]:
    """A server of its own, since one looks at the addresses of static files when it starts."""
    address = PublicAddress.parse("http://localhost/films/")
    for name, value in address.settings().items():
        setattr(settings, name, value)
    settings.STORAGES = dict(settings.STORAGES)
    server = LiveServer("localhost")
    settings.PUBLIC_ADDRESS = PublicAddress.parse(f"{server.url}/films/")
    forget_drawings()
    world.publish()
    member = world.fan_of_even()
    member.set_password(PASSWORD)
    member.save()
    yield Site(f"{server.url}/films", world, member)
    server.stop()
    clear_script_prefix()
    forget_drawings()


def test_a_member_stays_beneath_the_path(context: BrowserContext, site: Site) -> None:
    page = context.new_page()
    asked: list[Request] = []
    wrong: list[str] = []
    page.on("request", lambda request: asked.append(request))  # Playwright wants a function
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda said: wrong.append(said.text) if said.type == "error" else None)

    page.goto(f"{site.address}/accounts/login/?next=/films/movies/")
    page.get_by_label("Login").fill(site.member.get_username())
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url(f"{site.address}/movies/")

    page.wait_for_load_state("networkidle")
    page.locator("header .search-input").fill("Film 1")
    expect(page.locator("#suggestions .suggestion").first).to_be_visible()
    page.goto(f"{site.address}/")
    page.get_by_role("button", name="Dark", exact=True).click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    page.get_by_role("button", name="Deutsch").click()
    expect(page.locator("html")).to_have_attribute("lang", "de")
    film = site.world.movies[20]
    page.goto(f"{site.address}/movies/{film.pk}/")
    page.wait_for_load_state("networkidle")

    strays = {one.url for one in asked if not urlsplit(one.url).path.startswith("/films/")}
    assert {url for url in strays if not url.startswith("data:")} == set()
    assert any(re.search(r"/films/static/js/", one.url) for one in asked)
    assert {cookie["path"] for cookie in context.cookies()} == {"/films"}
    assert wrong == []

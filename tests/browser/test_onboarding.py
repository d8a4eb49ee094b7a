"""The first minute of a new member."""

import re

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import PASSWORD, Site

pytestmark = pytest.mark.browser


def asked(page: Page) -> list[str]:
    return page.locator("article.ask .ask-link").all_inner_texts()


def rate_in_grid(page: Page, place: int, stars: str) -> None:
    film = page.locator("article.ask").nth(place)
    with page.expect_response(lambda answer: answer.request.method == "POST") as saved:
        film.locator(f'input[value="{stars}"]').check(force=True)
    assert saved.value.ok


def test_from_sign_up_to_the_first_films_of_ones_own(quiet: BrowserContext, site: Site) -> None:
    """
    GIVEN a visitor WHEN they sign up THEN they are among films to rate
    AND WHEN they rate some THEN picks appear beside the grid without leaving it
    AND WHEN they know none THEN others are asked, and none twice
    AND WHEN they skip the rest THEN home has their films
    """
    page = quiet.new_page()
    page.goto(f"{site.address}/accounts/signup/")
    page.get_by_label("Username").fill("jo")
    page.get_by_label("Email").fill("jo@matinee.example")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name=re.compile("sign up", re.I)).click()
    page.wait_for_url(f"{site.address}/welcome/")

    first = asked(page)
    assert len(first) == 12
    side = page.locator("#onboarding-side")
    expect(side.locator(".picks li")).to_have_count(0)
    rate_in_grid(page, 0, "5.0")
    expect(side.locator(".onboarding-count strong")).to_have_text("1")
    expect(side.locator(".picks li")).to_have_count(6)
    picks = side.locator(".picks strong").all_inner_texts()
    rate_in_grid(page, 1, "0.5")
    expect(side.locator(".onboarding-count strong")).to_have_text("2")
    assert asked(page) == first, "the grid stays while one rates in it"
    assert not set(picks) & set(first)

    page.get_by_role("link", name="Show me others").click()
    expect(page.locator("article.ask .ask-link").first).not_to_have_text(first[0])
    assert not set(asked(page)) & set(first)

    side.get_by_role("link", name="Skip for now").click()
    page.wait_for_url(f"{site.address}/")
    expect(page.get_by_role("heading", name="Top picks for you")).to_be_visible()

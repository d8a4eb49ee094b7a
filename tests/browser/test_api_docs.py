"""The documentation of the API can be read and tried in a browser that loads nothing from afar."""

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.accessibility import SEEN_RULES
from tests.browser.conftest import Site, log_in

pytestmark = pytest.mark.browser


def test_the_documentation_is_read_and_tried(
    context: BrowserContext, page: Page, site: Site
) -> None:
    said: list[str] = []
    asked: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    context.on("request", lambda request: asked.append(request.url))
    log_in(page, site)
    page.goto(f"{site.address}/api/v1/docs")
    expect(page.get_by_role("heading", name="The API of Matinee")).to_be_visible()
    operation: Any = page.locator("#operations-me-recommender_api_me_put_rating")
    operation.locator(".opblock-summary-control").click()
    operation.get_by_role("button", name="Try it out").click()
    operation.get_by_placeholder("movie_id").fill(str(site.world.movies[30].pk))
    operation.locator("textarea").fill('{"rating": 4.5}')
    operation.get_by_role("button", name="Execute").click()
    expect(
        operation.locator(".live-responses-table .response .response-col_status")
    ).to_contain_text("200")

    assert all(url.startswith((site.address, "data:", "blob:")) for url in asked), asked
    assert [text for text in said if "blocked by Playwright" not in text] == []
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_it_can_be_read_and_touched(member_page: Page, site: Site) -> None:
    """The widget is Swagger UI's; its colours and sizes are mended by a style sheet of ours."""
    member_page.goto(f"{site.address}/api/v1/docs")
    expect(member_page.locator(".opblock").last).to_be_visible()
    found = Axe().run(member_page, options=SEEN_RULES).response["violations"]
    assert {(rule["id"], node["html"][:110]) for rule in found for node in rule["nodes"]} == set()

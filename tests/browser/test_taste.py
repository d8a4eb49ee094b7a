"""The taste page: what is drawn is there for a reader without eyes as well."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Site

pytestmark = pytest.mark.browser


def test_charts_are_drawn_and_can_be_read(member_page: Page, site: Site) -> None:
    """GIVEN six ratings, even films 5 stars and odd ones 1 THEN charts and tables say so."""
    member_page.goto(f"{site.address}/taste/")
    expect(member_page.get_by_role("main")).to_contain_text("6 ratings, 3.0 stars on average")
    spread = member_page.get_by_role("table", name="How you rate")
    counts = {
        cells[0].strip(): int(cells[1])
        for row in spread.locator("tbody tr").all()
        if (cells := row.locator("td").all_text_contents())
    }
    assert {stars: count for stars, count in counts.items() if count} == {"1": 3, "5": 3}
    bars = member_page.locator(".histogram").first.locator("rect:not(.base)")
    heights = [float(bar.get_attribute("height") or 0) for bar in bars.all()]
    assert [height > 0 for height in heights].count(True) == 2

    known = member_page.get_by_role("region", name="How well we know your taste")
    known.get_by_text("As a table").click()
    expect(known.locator("tbody tr")).to_have_count(5)  # each but the first, which nothing precedes


def test_the_map_leads_to_the_films(member_page: Page, site: Site) -> None:
    member_page.goto(f"{site.address}/taste/")
    points = member_page.get_by_role("group", name="Map of your films").get_by_role("link")
    expect(points).to_have_count(6)
    point = points.filter(has=member_page.locator("title", has_text="Film 03"))
    point.focus()
    expect(member_page.locator("[data-map-label]")).to_contain_text("Film 03")
    member_page.keyboard.press("Enter")
    member_page.wait_for_url(re.compile(r"/movies/\d+-film-03/"))


def test_without_ratings_it_invites(page: Page, site: Site) -> None:
    nobody = site.world.member("new")
    nobody.set_password("a-long-and-calm-evening-42")
    nobody.save()
    page.goto(f"{site.address}/accounts/login/?next=/taste/")
    page.get_by_label("Login").fill("new")
    page.get_by_label("Password").fill("a-long-and-calm-evening-42")
    page.get_by_label("Password").press("Enter")
    page.get_by_role("link", name="Start rating").click()
    page.wait_for_url(f"{site.address}/welcome/")

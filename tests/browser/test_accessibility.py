"""axe on every kind of page, in both themes, on a phone and on a desktop."""

from datetime import date
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from catalog.models import DiaryEntry
from catalog.services.movie_nights import start_night
from tests.browser.conftest import Site, log_in

pytestmark = pytest.mark.browser

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
DESKTOP = {"viewport": {"width": 1280, "height": 800}}
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

OPEN = ("/", "/movies/?genre=comedy", "/accounts/login/", "/accounts/signup/", "/watch-next/")
PERSONAL = (
    "/",
    "/movies/",
    "/ratings/",
    "/watchlist/",
    "/taste/",
    "/welcome/",
    "/together/",
    "/preferences/recommendations/",
    "/preferences/services/",
    "/rows/top-picks/",
    "/notices/",
    "/notices/settings/",
    "/hidden/",
    "/seen/",
    "/accounts/profile/",
    "/accounts/email/",
    "/accounts/password/change/",
    "/accounts/2fa/",
    "/accounts/sessions/",
    "/accounts/tokens/",
    "/accounts/delete/",
)


def violations(page: Page) -> list[str]:
    found = Axe().run(page, options={"runOnly": {"type": "tag", "values": RULES}}).response
    return [
        f"{page.url} {broken['id']}: {broken['nodes'][0]['html'][:200]}"
        for broken in found["violations"]
    ]


@pytest.mark.parametrize(
    ("theme", "device"), [("dark", PHONE), ("light", DESKTOP)], ids=["dark phone", "light desktop"]
)
def test_no_page_breaks_a_rule(
    browser: Browser, site: Site, theme: Any, device: dict[str, Any]
) -> None:
    # axe is put into the page as a script, which the page's own policy would refuse.
    context = browser.new_context(
        **device, color_scheme=theme, reduced_motion="reduce", bypass_csp=True
    )
    page = context.new_page()
    broken: list[str] = []

    def visit(path: str) -> None:
        answer = page.goto(f"{site.address}{path}")
        assert answer is not None
        assert answer.status == 200, path
        page.wait_for_load_state("networkidle")
        overflow = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        if page.evaluate(overflow) > 0:
            broken.append(f"{path} scrolls sideways")
        broken.extend(violations(page))

    film = site.world.movies[10].get_absolute_url()
    night = start_night(host_id=site.member.pk, movie_ids=site.world.even[:3], people=2, minutes=30)
    voting = f"/night/{night.code}/"
    day = date(2026, 3, 1)
    DiaryEntry.objects.create(user=site.member, movie=site.world.movies[10], watched_on=day)
    for path in (*OPEN, film, voting):
        visit(path)
    log_in(page, site)
    for path in (*PERSONAL, film, "/diary/", "/diary/year/2026/", voting):
        visit(path)
    page.get_by_label("Your name tonight").fill("Mia")
    page.get_by_role("button", name="Join").click()
    page.locator(".night-film").first.wait_for()
    broken.extend(violations(page))
    page.get_by_role("button", name="End the vote now").click()
    page.get_by_text("Tonight you watch").wait_for()
    broken.extend(violations(page))
    page.goto(f"{site.address}/accounts/delete/")
    page.get_by_label("Your user name").fill("somebody else")
    page.get_by_label("Password", exact=True).fill("no password")
    page.get_by_role("button", name="Delete permanently").click()
    page.get_by_text("That is not your user name").wait_for()
    broken.extend(violations(page))
    page.goto(f"{site.address}/movies/")
    page.locator("[data-actions]").first.click()
    page.get_by_role("dialog").wait_for()
    broken.extend(violations(page))
    context.close()
    assert broken == []

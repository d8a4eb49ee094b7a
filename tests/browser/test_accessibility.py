"""axe on what pages become when something is done on them; `test_every_page` has them at rest."""

import pytest
from playwright.sync_api import Browser

from catalog.services.movie_nights import start_night
from tests.browser.accessibility import eyes
from tests.browser.conftest import Site, log_in

pytestmark = pytest.mark.browser


def test_what_is_done_breaks_no_rule(browser: Browser, site: Site) -> None:
    night = start_night(host_id=site.member.pk, movie_ids=site.world.even[:3], people=2, minutes=30)
    with eyes(browser) as ours:
        page, broken = ours.page, []
        log_in(page, site)
        page.goto(f"{site.address}/night/{night.code}/")
        page.get_by_label("Your name tonight").fill("Mia")
        page.get_by_role("button", name="Join").click()
        page.locator(".night-film").first.wait_for()
        broken += ours.look()
        page.get_by_role("button", name="End the vote now").click()
        page.get_by_text("Tonight you watch").wait_for()
        broken += ours.look()
        page.goto(f"{site.address}/accounts/delete/")
        page.get_by_label("Your user name").fill("somebody else")
        page.get_by_label("Password", exact=True).fill("no password")
        page.get_by_role("button", name="Delete permanently").click()
        page.get_by_text("That is not your user name").wait_for()
        broken += ours.look()
        page.goto(f"{site.address}/movies/?genre=comedy")
        page.locator("[data-actions]").first.click()
        page.get_by_role("dialog").wait_for()
        broken += ours.look()
    assert broken == []

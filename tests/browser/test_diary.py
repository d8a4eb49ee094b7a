"""The diary in a browser whose day is not the server's."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from catalog.models import DiaryEntry
from tests.browser.conftest import Site, log_in

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Pacific/Pago_Pago"])
def test_the_day_proposed_is_the_readers(browser: Browser, site: Site, zone: str) -> None:
    """These two zones never share a day: one of them differs from the server's, whenever it is."""
    context = browser.new_context(timezone_id=zone, reduced_motion="reduce")
    page = context.new_page()
    log_in(page, site)
    page.goto(f"{site.address}/diary/")
    page.get_by_role("combobox", name="Add a film").fill("Film 20")
    page.get_by_role("option").first.click()
    page.wait_for_url("**/diary/")
    offset = timedelta(hours=14 if zone == "Pacific/Kiritimati" else -11)
    expected = {(timezone.now() + offset + slip).date().isoformat() for slip in _SLIPS}
    field = page.get_by_label("Watched on")
    expect(field).to_be_visible()
    assert field.input_value() in expected
    page.get_by_role("button", name="Add to diary").click()
    expect(page.locator("#toasts")).to_contain_text("Film 20 is in your diary")
    context.close()


# Midnight may come between the two looks at the clock.
_SLIPS = (timedelta(), timedelta(minutes=-2))


def test_a_year_is_looked_back_on(member_page: Page, site: Site) -> None:
    day = timezone.localdate().replace(month=1, day=5)
    for movie in site.world.movies[10:13]:
        DiaryEntry.objects.create(user=site.member, movie=movie, watched_on=day)
    member_page.goto(f"{site.address}/diary/")
    member_page.get_by_role("link", name=f"{day.year} in review").click()
    expect(member_page.get_by_role("heading", level=1)).to_have_text(f"{day.year} in review")
    numbers = member_page.locator(".year-numbers div", has_text="Films")
    expect(numbers.locator("dd")).to_have_text("3")
    picture = member_page.get_by_role("img", name=f"Your {day.year}: 3 films")
    picture.scroll_into_view_if_needed()
    expect(picture).to_have_js_property("naturalWidth", 1080)
    with member_page.expect_download() as download:
        member_page.get_by_role("link", name="A picture to share").click()
    assert download.value.suggested_filename == f"matinee-{day.year}.png"

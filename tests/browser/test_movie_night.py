"""A movie night on two phones: a guest without an account sees live who won."""

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from catalog.services.movie_nights import start_night
from tests.browser.conftest import Site

pytestmark = pytest.mark.browser
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}


def join(context: BrowserContext, address: str, name: str) -> Page:
    page = context.new_page()
    page.goto(address)
    page.get_by_label("Your name tonight").fill(name)
    page.get_by_role("button", name="Join").click()
    expect(page.locator(".night-film")).to_have_count(3)
    return page


def say(page: Page, *words: str) -> None:
    for film, word in zip(page.locator(".night-film").all(), words, strict=True):
        with page.expect_response("**/vote/"):
            film.get_by_label(word, exact=True).check()


def test_two_guests_agree_on_what_neither_minds(browser: Browser, site: Site) -> None:
    keys = [movie.pk for movie in site.world.movies[10:13]]
    night = start_night(host_id=site.member.pk, movie_ids=keys, people=2, minutes=30)
    address = f"{site.address}/night/{night.code}/"
    first, second = browser.new_context(**PHONE), browser.new_context(**PHONE)
    mia, leo = join(first, address, "Mia"), join(second, address, "Leo")
    expect(mia.locator("#night-state")).to_contain_text("Leo")
    say(mia, "Yes", "Fine", "No")
    expect(leo.locator("#night-state")).to_contain_text("3/3")
    say(leo, "No", "Yes", "Yes")
    for page in (leo, mia):
        expect(page.get_by_role("heading", name="Film 11")).to_be_visible()
        expect(page.get_by_text("Tonight you watch")).to_be_visible()
        expect(page.locator(".night-film").first).to_be_hidden()
    first.close()
    second.close()

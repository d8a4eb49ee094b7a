"""A phone: thumbs, a small window, the bar at the bottom and the dialog as a sheet."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, Response, expect

from catalog.models import Rating, WatchlistEntry
from tests.browser.conftest import Site, log_in, without_images

pytestmark = pytest.mark.browser

WIDTH, HEIGHT = 390, 844
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


@pytest.fixture
def phone(browser: Browser, site: Site) -> Iterator[Page]:
    context = browser.new_context(
        viewport={"width": WIDTH, "height": HEIGHT},
        has_touch=True,
        is_mobile=True,
        reduced_motion="reduce",
    )
    page = context.new_page()
    without_images(page)
    log_in(page, site)
    yield page
    context.close()


def is_post(response: Response) -> bool:
    return response.request.method == "POST"


def test_the_bar_at_the_bottom_leads_everywhere(phone: Page, site: Site) -> None:
    bar = phone.get_by_role("navigation", name="Sections")
    phone.goto(site.address)
    for name, path in (
        ("Films", "/movies/"),
        ("Watch next", "/watch-next/"),
        ("Watchlist", "/watchlist/"),
        ("Ratings", "/ratings/"),
        ("Home", "/"),
    ):
        bar.get_by_role("link", name=name).tap()
        phone.wait_for_url(f"{site.address}{path}")
        expect(bar.get_by_role("link", name=name)).to_have_attribute("aria-current", "page")
        box = bar.bounding_box()
        assert box
        assert box["y"] + box["height"] == pytest.approx(HEIGHT, abs=1), "always in reach"


def test_the_tab_of_a_page_of_the_settings_is_in_sight(phone: Page, site: Site) -> None:
    for path in ("/notices/settings/", "/accounts/profile/"):
        phone.goto(f"{site.address}{path}")
        tab = phone.get_by_role("navigation", name="Settings").locator("[aria-current]")
        expect(tab).to_be_in_viewport(ratio=0.99)


def test_a_thumb_rates_in_the_sheet(phone: Page, site: Site) -> None:
    phone.goto(f"{site.address}/movies/?q=Film 20")
    phone.locator("[data-actions]").first.tap()
    sheet = phone.get_by_role("dialog")
    stars = sheet.locator(".stars-set")
    stars.wait_for()
    before = stars.bounding_box()
    expect(sheet.get_by_text("a first guess")).to_be_visible()
    box = sheet.bounding_box()
    assert box
    assert (box["x"], box["width"]) == (0, WIDTH)
    assert box["y"] + box["height"] == pytest.approx(HEIGHT, abs=1)
    place = stars.bounding_box()
    assert place
    assert place == before, "the stars stay under the thumb when the prediction comes"
    with phone.expect_response(is_post):  # the right half of the fourth star
        phone.touchscreen.tap(place["x"] + place["width"] * 0.78, place["y"] + place["height"] / 2)
    (rating,) = Rating.objects.filter(user_id=site.member.pk, movie=site.world.movies[20])
    assert rating.stars == 4.0
    with phone.expect_response(is_post):
        sheet.get_by_role("button", name="Watchlist").first.tap()
    assert WatchlistEntry.objects.filter(user_id=site.member.pk).exists()


# What is tapped: half-stars each by itself, a box or a radio together with its label. Links in
# running text are as high as their line (WCAG 2.2 leaves them out).
SMALL = """() => {
  const label = (one) => one.closest("label") ?? document.querySelector(`label[for="${one.id}"]`);
  const size = (one) => {
    const own = one.getBoundingClientRect();
    const named = one.matches("[type=checkbox], [type=radio]") && !one.closest(".stars-set");
    const both = named && label(one) ? label(one).getBoundingClientRect() : own;
    return [Math.max(own.width, both.width), Math.max(own.height, both.height)];
  };
  const all = "button, .button, select, summary, textarea, input:not([type=hidden]), nav a, .chip";
  return [...document.querySelectorAll(all)]
    .filter((one) => one.checkVisibility({visibilityProperty: true}) && !one.closest(".sr-only"))
    .map((one) => [...size(one), one.outerHTML.slice(0, 160)])
    .filter(([width, height]) => width > 1 && (width < 23.99 || height < 23.99))
    .map(([width, height, html]) => `${width} x ${height} ${html}`);
}"""


def test_what_is_tapped_is_big_enough(phone: Page, site: Site) -> None:
    """24 pixels at least (WCAG 2.2), on every page and in the dialog of a card."""
    small: dict[str, list[str]] = {}
    film = site.film(20).removeprefix(site.address)
    for path in (*PERSONAL, "/diary/", "/lists/", "/friends/", "/import/", film):
        phone.goto(f"{site.address}{path}")
        phone.wait_for_load_state("networkidle")
        if found := phone.evaluate(SMALL):
            small[path] = found
    phone.goto(f"{site.address}/movies/?q=Film 20")
    phone.locator("[data-actions]").first.tap()
    phone.get_by_role("dialog").locator(".stars-set").wait_for()
    if found := phone.evaluate(SMALL):
        small["dialog"] = found
    assert small == {}


def test_narrow_cards_show_year_and_stars_whole(phone: Page, site: Site) -> None:
    phone.goto(f"{site.address}/")
    facts = phone.locator(".film-facts:has(.predicted)")
    facts.first.wait_for()
    cut_off = """(all) => all
      .filter((one) => one.checkVisibility() && one.scrollWidth > one.clientWidth)
      .map((one) => one.textContent)"""
    assert facts.evaluate_all(cut_off) == []


@pytest.mark.parametrize("language", ["en", "de", "fr"])
def test_the_box_of_the_film_list_says_all_of_what_it_takes(
    phone: Page, site: Site, language: str
) -> None:
    phone.set_extra_http_headers({"Accept-Language": language})
    phone.goto(f"{site.address}/movies/")
    spare = """async (box) => {
      await document.fonts.ready;
      const style = getComputedStyle(box);
      const pen = document.createElement("canvas").getContext("2d");
      pen.font = style.font;
      const room = box.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight);
      return room - pen.measureText(box.placeholder).width;
    }"""
    assert phone.locator("#browse-q").evaluate(spare) > 0

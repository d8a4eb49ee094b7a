"""What only a browser can show: rating by hand and by key, undo, refusals, no scripts at all."""

import re

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, Response, Route, expect

from catalog.models import Movie, Rating, SeenMovie
from tests.browser.conftest import Site, log_in, sign_in

pytestmark = pytest.mark.browser


def is_post(response: Response) -> bool:
    return response.request.method == "POST"


def posted(response: Response) -> str | None:
    return response.request.post_data


def star(page: Page, stars: str) -> Locator:
    return page.locator(f'#yours input[value="{stars}"]')


def saved(site: Site, movie: Movie) -> list[float]:
    ratings = Rating.objects.filter(user_id=site.member.pk, movie=movie)
    return [rating.stars for rating in ratings]


def test_one_click_rates_and_undo_takes_it_back(member_page: Page, site: Site) -> None:
    movie = site.world.movies[20]
    member_page.goto(site.film(20))
    box = member_page.locator("#yours .stars-set").bounding_box()
    assert box
    with member_page.expect_response(is_post):  # in the left half of the fourth star
        member_page.mouse.click(box["x"] + box["width"] * 0.65, box["y"] + box["height"] / 2)
    assert saved(site, movie) == [3.5]
    expect(star(member_page, "3.5")).to_be_checked()
    expect(member_page.locator("#toasts")).to_contain_text("3.5 stars")
    with member_page.expect_response(is_post):
        member_page.get_by_role("button", name="Undo").click()
    assert saved(site, movie) == []
    expect(member_page.locator("#yours input:checked")).to_have_count(0)


def test_keys_rate_and_clear(member_page: Page, site: Site) -> None:
    movie = site.world.movies[21]
    member_page.goto(site.film(21))
    star(member_page, "2.0").focus()
    with member_page.expect_response(is_post):
        member_page.keyboard.press("Space")
    with member_page.expect_response(is_post):
        for _ in range(3):
            member_page.keyboard.press("ArrowRight")
    assert saved(site, movie) == [3.5], "the steps between are not sent"
    with member_page.expect_response(is_post):
        member_page.keyboard.press("Tab")
        member_page.keyboard.press("Enter")
    assert saved(site, movie) == []


def test_a_rating_marks_no_other_film_of_the_page(member_page: Page, site: Site) -> None:
    member_page.goto(site.film(23))
    others = member_page.locator(".similar [data-your-stars]")
    expect(others).not_to_have_count(0)
    before = others.all_text_contents()
    with member_page.expect_response(is_post):
        star(member_page, "1.5").check()
    expect(member_page.locator("#toasts")).to_contain_text("1.5 stars")
    assert others.all_text_contents() == before


def test_a_choice_made_while_the_last_is_under_way_wins(member_page: Page, site: Site) -> None:
    held: list[Route] = []

    def hold_the_first(route: Route) -> None:
        if held:
            route.continue_()
        held.append(route)

    member_page.goto(site.film(22))
    member_page.route(re.compile("/rate/"), hold_the_first)
    star(member_page, "2.0").check()
    expect(member_page.locator("#yours [data-stars]")).to_have_class(re.compile("htmx-request"))
    star(member_page, "4.0").check()
    with member_page.expect_response(lambda answer: "rating=4.0" in (posted(answer) or "")):
        held[0].continue_()
    expect(star(member_page, "4.0")).to_be_checked()
    assert saved(site, site.world.movies[22]) == [4.0]


def test_what_the_server_refuses_is_rolled_back(member_page: Page, site: Site) -> None:
    member_page.goto(site.film(0))  # rated with five stars
    expect(star(member_page, "5.0")).to_be_checked()
    member_page.route(re.compile("/rate/"), lambda route: route.fulfill(status=503, body="no"))
    with member_page.expect_response(is_post):
        star(member_page, "1.0").click()  # it may be rolled back before one looks
    expect(star(member_page, "5.0")).to_be_checked()
    expect(member_page.locator("#toasts")).to_contain_text("did not work")
    member_page.unroute(re.compile("/rate/"))
    member_page.route(re.compile("/rate/"), lambda route: route.abort())
    star(member_page, "1.0").click()
    expect(star(member_page, "5.0")).to_be_checked()
    assert saved(site, site.world.movies[0]) == [5.0]


def test_the_button_of_the_page_follows_stars(member_page: Page, site: Site) -> None:
    member_page.goto(f"{site.address}{site.world.movies[30].get_absolute_url()}")
    seen = member_page.get_by_role("button", name="Seen", exact=True)
    expect(seen).to_have_attribute("aria-pressed", "false")
    star(member_page, "4.0").check()
    expect(seen).to_have_attribute("aria-pressed", "true")
    expect(seen).to_be_disabled()
    with member_page.expect_response(is_post):
        member_page.get_by_role("button", name="Undo").click()
    expect(seen).to_be_enabled()
    with member_page.expect_response(is_post):
        seen.click()
    expect(seen).to_have_attribute("aria-pressed", "true")
    assert SeenMovie.objects.get().movie == site.world.movies[30]
    with member_page.expect_response(is_post):
        seen.click()
    expect(seen).to_have_attribute("aria-pressed", "false")


def test_search_by_keys(page: Page, site: Site) -> None:
    sign_in(page, site)  # which leads home
    box = page.get_by_role("combobox", name="Find a film")
    box.press_sequentially("film 17", delay=20)
    option = page.get_by_role("option", name="Film 17")
    expect(option).to_be_visible()
    expect(box).to_have_attribute("aria-expanded", "true")
    box.press("ArrowDown")
    expect(option).to_have_attribute("aria-selected", "true")
    box.press("Enter")
    page.wait_for_url(site.film(17))


def test_filters_change_the_address_and_can_be_taken_off(page: Page, site: Site) -> None:
    page.goto(f"{site.address}/movies/")
    page.get_by_label("Genre").select_option("comedy")
    page.wait_for_url(f"{site.address}/movies/?genre=comedy")
    expect(page.locator(".result-count")).to_have_text("30 films")
    page.reload()
    expect(page.locator(".result-count")).to_have_text("30 films")
    page.get_by_role("link", name="Remove the filter Comedy").click()
    expect(page.locator(".result-count")).to_have_text("60 films")


def test_films_are_collected_for_watch_next(page: Page, site: Site) -> None:
    page.goto(f"{site.address}/watch-next/")
    for title in ("Film 04", "Film 08"):
        page.get_by_role("combobox", name="Add a film").press_sequentially(title, delay=20)
        page.get_by_role("option", name=title).click()
        expect(page.locator("#next").get_by_text(f"{title} (")).to_be_visible()
    first, second = (site.world.movies[place].pk for place in (4, 8))
    page.wait_for_url(f"{site.address}/watch-next/?movie={first}&movie={second}")
    page.get_by_role("link", name="Remove Film 04").click()
    page.wait_for_url(f"{site.address}/watch-next/?movie={second}")


def test_the_chosen_theme_stays(page: Page, site: Site) -> None:
    page.emulate_media(color_scheme="light")
    page.goto(f"{site.address}/movies/")
    with page.expect_response(is_post):
        page.get_by_role("button", name="Dark").click()
    page.goto(f"{site.address}/watch-next/")
    ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert ground == "rgb(19, 17, 23)"


def test_a_poster_that_does_not_come_leaves_the_cover(member_page: Page, site: Site) -> None:
    Movie.objects.filter(pk=site.world.movies[30].pk).update(poster_path="/gone.jpg")
    member_page.goto(site.film(30))
    expect(member_page.locator("img[data-poster]")).to_have_count(0)
    expect(member_page.locator(".film-picture .cover-title")).to_be_visible()


def test_reading_and_rating_work_without_scripts(browser: Browser, site: Site) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    log_in(page, site)
    page.goto(f"{site.address}/movies/?q=Film 25")
    page.get_by_role("link", name="Film 25", exact=True).click()
    star(page, "4.5").check()
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#toasts")).to_contain_text("4.5 stars")
    expect(star(page, "4.5")).to_be_checked()
    assert saved(site, site.world.movies[25]) == [4.5]
    page.get_by_role("button", name="Clear").click()
    assert saved(site, site.world.movies[25]) == []
    expect(page.get_by_role("region", name="More like this").locator(".film")).to_have_count(12)
    expect(page.locator(".prediction .predicted")).to_have_count(1)
    expect(page.locator(".skeleton")).to_have_count(0)
    context.close()


def test_the_console_stays_quiet(member_page: Page, site: Site) -> None:
    """No script error, and nothing that the content security policy had to stop."""
    said: list[str] = []

    def note(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and "by Playwright" not in message.text:
            said.append(message.text)

    member_page.on("console", note)
    member_page.on("pageerror", lambda error: said.append(str(error)))
    for path in ("/", "/movies/", "/taste/", "/welcome/", "/watch-next/", "/accounts/2fa/"):
        member_page.goto(f"{site.address}{path}")
        member_page.wait_for_load_state("networkidle")
    assert said == []


def test_what_comes_later_moves_nothing_of_the_first_page(page: Page, site: Site) -> None:
    """A page comes in pieces: each column stands before there is anything in the next."""
    page.goto(site.address)
    first_alone = """(all) => {
      const width = all[0].getBoundingClientRect().width;
      for (const other of all.slice(1)) other.remove();
      return [all.length, width, all[0].getBoundingClientRect().width];
    }"""
    for parts in (".proof", ".promises > div"):
        count, among_others, alone = page.locator(parts).evaluate_all(first_alone)
        assert count > 1
        assert alone == among_others

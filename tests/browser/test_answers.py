"""Rows that answer: what is said of a film on home or *watch next* changes them in place."""

import re

import pytest
from playwright.sync_api import Browser, Locator, Page, Response, Route, expect

from catalog.models import HiddenMovie, Rating, SeenMovie
from tests.browser.conftest import Site, sign_in

pytestmark = pytest.mark.browser

SHOWN = "[...document.querySelectorAll('#answers .film')].map((film) => film.dataset.film)"


@pytest.fixture(autouse=True)
def short_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of sixty films some are not on the page, and can come in."""
    monkeypatch.setattr("recommender.pages.home.ROW_LENGTH", 4)
    monkeypatch.setattr("recommender.views.watch_next.SHOWN", 12)


def first_card(page: Page) -> Locator:
    return page.locator("#answers .film").first


def heading(page: Page) -> Locator:
    return first_card(page).get_by_role("heading")


def name_of(card: Locator) -> str:
    return card.get_by_role("heading").inner_text()


def is_answer(response: Response) -> bool:
    return response.request.headers.get("hx-target") == "answers"


@pytest.mark.parametrize("path", ["/", "/watch-next/"])
def test_a_film_that_was_seen_leaves_and_the_next_comes_in(
    member_page: Page, site: Site, path: str
) -> None:
    member_page.goto(f"{site.address}{path}")
    member_page.evaluate("document.querySelector('#answers ul').marked = true")
    before = member_page.evaluate(SHOWN)
    card = first_card(member_page)
    name = name_of(card)
    with member_page.expect_response(is_answer):
        card.get_by_role("button", name=f"I have seen {name}").click()
    expect(heading(member_page)).not_to_have_text(name)
    toast = member_page.locator("#toasts")
    expect(toast).to_contain_text(f"Because you have seen {name}:")
    after = member_page.evaluate(SHOWN)
    assert before[0] not in after
    assert set(after) - set(before), "another one came"
    empty = member_page.locator("#answers [data-same]")
    expect(empty).to_have_count(0)  # what was not sent again is there
    assert member_page.evaluate("document.querySelector('#answers ul').marked"), "no new row"
    assert SeenMovie.objects.get().movie.title == name
    with member_page.expect_response(is_answer):
        toast.get_by_role("button", name="Undo").click()
    expect(heading(member_page)).to_have_text(name)
    assert member_page.evaluate(SHOWN) == before
    assert member_page.evaluate("document.querySelector('#answers ul').marked"), "no new page"
    assert not SeenMovie.objects.exists()


def test_keys_go_on_where_the_film_was(member_page: Page, site: Site) -> None:
    member_page.goto(site.address)
    button = first_card(member_page).locator(".film-seen")
    button.focus()
    with member_page.expect_response(is_answer):
        member_page.keyboard.press("Enter")
    expect(member_page.locator("#toasts")).to_contain_text("Because you have seen")
    expect(first_card(member_page).locator(".film-seen")).to_be_focused()


def test_a_rating_in_the_dialog_is_undone_in_the_dialog(member_page: Page, site: Site) -> None:
    member_page.goto(site.address)
    card = first_card(member_page)
    name = name_of(card)
    card.get_by_role("link", name=f"Rate or save {name}").click()
    dialog = member_page.get_by_role("dialog")
    with member_page.expect_response(is_answer):
        dialog.locator('input[value="4.5"]').check(force=True)
    expect(dialog).to_contain_text(f"Because you just rated {name}:")
    expect(heading(member_page)).not_to_have_text(name)
    with member_page.expect_response(is_answer):
        dialog.get_by_role("button", name="Undo").click()
    expect(dialog.locator("input:checked")).to_have_count(0)
    assert not Rating.objects.filter(user=site.member, movie__title=name).exists()
    member_page.keyboard.press("Escape")
    expect(heading(member_page)).to_have_text(name)
    expect(first_card(member_page).locator(".film-more")).to_be_focused()


def test_what_is_not_interesting_leaves_and_comes_back(member_page: Page, site: Site) -> None:
    member_page.goto(site.address)
    card = first_card(member_page)
    name = name_of(card)
    card.get_by_role("link", name=f"Rate or save {name}").click()
    dialog = member_page.get_by_role("dialog")
    with member_page.expect_response(is_answer):
        dialog.get_by_role("button", name="Not interested").click()
    assert HiddenMovie.objects.filter(user=site.member, movie__title=name).exists()
    expect(dialog).to_be_hidden()
    expect(heading(member_page)).not_to_have_text(name)
    expect(first_card(member_page).locator(".film-more")).to_be_focused()
    with member_page.expect_response(is_answer):
        member_page.get_by_role("button", name="Undo").click()
    expect(heading(member_page)).to_have_text(name)
    assert not HiddenMovie.objects.exists()


def test_without_scripts_the_next_page_has_it(browser: Browser, site: Site) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    sign_in(page, site)
    card = first_card(page)
    name = name_of(card)
    card.get_by_role("link", name=f"Rate or save {name}").click()
    page.get_by_role("button", name="Not interested").click()
    expect(page.locator("#toasts")).to_contain_text("will not be recommended again")
    page.goto(site.address)
    expect(page.locator("#answers").get_by_role("heading", name=name)).to_have_count(0)
    context.close()


def test_on_a_narrow_page_the_film_comes_back_into_sight(member_page: Page, site: Site) -> None:
    member_page.set_viewport_size({"width": 390, "height": 844})
    member_page.goto(site.address)
    card = first_card(member_page)
    name = name_of(card)
    card.scroll_into_view_if_needed()
    with member_page.expect_response(is_answer):
        card.get_by_role("button", name=f"I have seen {name}").click()
    expect(heading(member_page)).not_to_have_text(name)
    toast = member_page.locator("#toasts .toast")
    expect(toast).to_contain_text("came in")
    close = toast.get_by_role("button", name="Close").bounding_box()
    assert close
    assert close["width"] >= 24
    with member_page.expect_response(is_answer):
        toast.get_by_role("button", name="Undo").click()
    expect(heading(member_page)).to_have_text(name)
    expect(card).to_be_in_viewport(ratio=0.9)


def test_a_tick_fades_the_film_before_the_server_answers(member_page: Page, site: Site) -> None:
    member_page.goto(site.address)
    card = first_card(member_page)
    waiting: list[Route] = []
    member_page.route("**/seen/", lambda route: waiting.append(route))
    card.locator(".film-seen").click()
    expect(member_page.locator("#answers li.leaving")).not_to_have_count(0)
    member_page.wait_for_timeout(50)
    waiting[0].abort()
    expect(member_page.locator("#answers li.leaving")).to_have_count(0)
    expect(member_page.locator("#toasts")).to_contain_text("did not work")


def test_rows_out_of_sight_are_not_laid_out_by_an_answer(member_page: Page, site: Site) -> None:
    """To read where a row is scrolled would lay out all of its films."""
    member_page.goto(site.address)
    member_page.evaluate(
        """() => {
          const asked = [];
          const own = Object.getOwnPropertyDescriptor(Element.prototype, "scrollLeft");
          Object.defineProperty(Element.prototype, "scrollLeft", {
            get() { asked.push(new Error().stack); return own.get.call(this); },
            set(value) { asked.push(new Error().stack); own.set.call(this, value); },
          });
          window.asked = asked;
        }"""
    )
    card = first_card(member_page)
    with member_page.expect_response(is_answer):
        card.locator(".film-seen").click()
    expect(member_page.locator("#toasts")).to_contain_text("Because you have seen")
    assert member_page.evaluate("asked.filter((one) => one.includes('answers.'))") == []


def test_a_row_that_was_scrolled_stays_where_it_is(member_page: Page, site: Site) -> None:
    member_page.set_viewport_size({"width": 390, "height": 844})
    member_page.goto(site.address)
    track = member_page.locator("#answers [data-track]").first
    track.evaluate("(one) => one.scrollTo({ left: 150, behavior: 'instant' })")
    expect(track).to_have_class(re.compile("is-scrolled"))
    name = name_of(track.locator(".film").nth(1))
    with member_page.expect_response(is_answer):
        track.locator(".film-seen").nth(1).click()
    expect(member_page.locator("#toasts")).to_contain_text(f"Because you have seen {name}")
    expect(track).to_have_class(re.compile("is-scrolled"))
    assert track.evaluate("(one) => one.scrollLeft") > 100
    track.evaluate("(one) => one.scrollTo({ left: 0, behavior: 'instant' })")
    expect(track).not_to_have_class(re.compile("is-scrolled"))

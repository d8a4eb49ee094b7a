"""Lists and the diary by hand: keys, pointer, dialogs, undo, and without scripts."""

import re
from datetime import date

import pytest
from playwright.sync_api import Browser, Locator, Page, Response, expect

from catalog.models import DiaryEntry, MovieList, Rating
from catalog.services.diary import Viewing, write
from catalog.services.lists import add_films, annotate_film, make_list
from tests.browser.accessibility import eyes
from tests.browser.conftest import Site, log_in

pytestmark = pytest.mark.browser


def is_post(response: Response) -> bool:
    return response.request.method == "POST"


def listed(films: MovieList) -> list[str]:
    return [entry.movie.title for entry in films.entries.select_related("movie")]


def shown(page: Page) -> list[str]:
    return page.locator(".arranged h3 a").all_text_contents()


def numbers(*places: int) -> list[str]:
    return [f"Film {place:02}" for place in places]


@pytest.fixture
def rainy(site: Site) -> MovieList:
    made = make_list(user_id=site.member.pk, title="Rainy days", description="With tea")
    add_films(made, [movie.pk for movie in site.world.movies[20:25]])
    return made


def edit_page(site: Site, films: MovieList) -> str:
    return f"{site.address}/lists/{films.pk}/edit/"


def test_a_list_is_made_filled_and_ordered_by_keys_alone(member_page: Page, site: Site) -> None:
    page, keys = member_page, member_page.keyboard
    page.goto(f"{site.address}/lists/")
    page.get_by_role("link", name="Create a list").focus()
    keys.press("Enter")
    page.wait_for_url(f"{site.address}/lists/new/")
    page.get_by_label("Title").focus()
    keys.type("Rainy days")
    keys.press("Enter")
    page.wait_for_url(re.compile(r"/lists/\d+/edit/$"))
    films = MovieList.objects.get()

    box = page.get_by_role("combobox", name="Add a film")
    box.focus()
    for title in numbers(11, 12, 13):
        keys.type(title, delay=20)
        expect(page.get_by_role("option", name=title)).to_be_visible()
        keys.press("ArrowDown")
        with page.expect_response(is_post):
            keys.press("Enter")
        expect(page.locator(".arranged h3").last).to_contain_text(title)
        expect(box).to_be_focused()
    assert listed(films) == numbers(11, 12, 13)

    up = page.get_by_role("button", name="Move Film 13 up")
    up.focus()
    for then in (numbers(11, 13, 12), numbers(13, 11, 12)):
        with page.expect_response(is_post):
            keys.press("Enter")
        expect(page.locator(".arranged h3 a")).to_have_text(then)
        expect(up).to_be_focused()
    expect(page.locator("#toasts")).to_contain_text("Film 13 is now number 1")
    place = page.get_by_role("spinbutton", name="Position of Film 13")
    place.focus()
    keys.press("Control+a")
    keys.type("3")
    with page.expect_response(is_post):
        keys.press("Enter")
    expect(page.locator(".arranged h3 a")).to_have_text(numbers(11, 12, 13))
    assert listed(films) == numbers(11, 12, 13)


def test_a_film_is_dragged_to_its_place(member_page: Page, site: Site, rainy: MovieList) -> None:
    page = member_page
    page.goto(edit_page(site, rainy))
    rows = page.locator(".arranged")
    handle = rows.nth(3).locator("[data-drag]").bounding_box()
    target = rows.nth(0).bounding_box()
    assert handle
    assert target
    page.mouse.move(handle["x"] + 10, handle["y"] + 10)
    page.mouse.down()
    page.mouse.move(handle["x"] + 10, target["y"] + 40, steps=6)
    page.mouse.move(handle["x"] + 10, target["y"] + 5, steps=3)
    assert shown(page) == numbers(23, 20, 21, 22, 24), "seen while it is dragged"
    assert listed(rainy) == numbers(20, 21, 22, 23, 24)
    with page.expect_response(is_post):
        page.mouse.up()
    expect(page.locator("#toasts")).to_contain_text("Film 23 is now number 1")
    assert listed(rainy) == numbers(23, 20, 21, 22, 24)
    assert shown(page) == listed(rainy)


def test_a_removed_film_comes_back(member_page: Page, site: Site, rainy: MovieList) -> None:
    page = member_page
    annotate_film(rainy, site.world.movies[21].pk, "The one with the train")
    page.goto(edit_page(site, rainy))
    with page.expect_response(is_post):
        page.get_by_role("button", name="Remove Film 21").click()
    expect(page.locator(".arranged")).to_have_count(4)
    page.get_by_role("button", name="Undo").click()
    expect(page.locator(".arranged h3 a")).to_have_text(numbers(20, 21, 22, 23, 24))
    expect(page.locator(".row-note summary").nth(1)).to_contain_text("The one with the train")


def test_a_card_is_put_on_a_list_from_its_dialog(
    member_page: Page, site: Site, rainy: MovieList
) -> None:
    page = member_page
    page.goto(f"{site.address}/movies/?q=Film 30")
    page.get_by_role("link", name="Rate or save Film 30").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("link", name="Lists").click()
    choice = dialog.get_by_role("button", name="Rainy days")
    expect(choice).to_have_attribute("aria-pressed", "false")
    choice.click()
    expect(choice).to_have_attribute("aria-pressed", "true")
    expect(choice).to_be_focused()
    assert listed(rainy)[-1] == "Film 30"
    choice.click()
    expect(choice).to_have_attribute("aria-pressed", "false")
    assert "Film 30" not in listed(rainy)


def star(inside: Locator, stars: str) -> Locator:
    return inside.locator(f'input[name="stars"][value="{stars}"]')


def test_a_film_is_logged_and_the_entry_changed(member_page: Page, site: Site) -> None:
    page, movie = member_page, site.world.movies[31]
    page.goto(site.film(31))
    page.get_by_role("link", name="Log").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Watched on").fill("2026-11-02")
    star(dialog, "4.5").check()
    dialog.get_by_label("Note").fill("In the rain")
    dialog.get_by_role("button", name="Add to diary").click()
    expect(page.locator("#toasts")).to_contain_text("Film 31 is in your diary")
    expect(page.locator(".viewings")).to_contain_text("In the rain")
    expect(page.locator('#yours input[value="4.5"]')).to_be_checked()
    assert DiaryEntry.objects.get().watched_on == date(2026, 11, 2)

    page.goto(f"{site.address}/diary/")
    expect(page.get_by_role("heading", name="November 2026")).to_be_visible()
    page.get_by_role("link", name="Edit the entry for Film 31").click()
    dialog.get_by_label("Watched on").fill("9999-01-01")
    page.evaluate("document.querySelector('dialog form').noValidate = true")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog).to_contain_text("That day is in the future.")
    dialog.get_by_label("Watched on").fill("2026-10-30")
    dialog.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", name="October 2026")).to_be_visible()

    page.get_by_role("button", name="Delete the entry for Film 31").click()
    expect(page.get_by_role("heading", name="An empty diary")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("heading", name="October 2026")).to_be_visible()
    assert Rating.objects.get(user=site.member, movie=movie).stars == 4.5


def test_several_ratings_are_selected_and_brought_back(member_page: Page, site: Site) -> None:
    page = member_page
    mine = Rating.objects.filter(user_id=site.member.pk)
    before = list(mine.order_by("pk").values())
    page.goto(f"{site.address}/ratings/")
    page.get_by_role("link", name="Select several").click()
    delete = page.get_by_role("button", name="Delete ratings")
    expect(delete).to_be_disabled()
    page.get_by_label("All on this page").check()
    expect(page.locator("[data-selected]")).to_have_text(str(len(before)))
    page.locator("[name=movie]").first.uncheck()
    delete.click()
    expect(page.locator("#toasts")).to_contain_text(f"{len(before) - 1} ratings were deleted")
    assert mine.count() == 1
    page.get_by_role("button", name="Undo").click()
    expect(page.locator(".rated")).to_have_count(len(before))
    assert list(mine.order_by("pk").values()) == before


def test_a_visitor_reads_a_public_list_and_goes_on_from_it(
    page: Page, site: Site, rainy: MovieList
) -> None:
    answer = page.goto(site.address + rainy.get_absolute_url())
    assert answer
    assert answer.status == 404
    MovieList.objects.filter(pk=rainy.pk).update(is_public=True)
    page.goto(site.address + rainy.get_absolute_url())
    expect(page.get_by_role("heading", name="Rainy days")).to_be_visible()
    expect(page.locator(".listed .film")).to_have_count(5)
    page.get_by_role("link", name="What to watch next").click()
    expect(page.locator(".named .chip-film")).to_have_count(5)
    expect(page.locator(".film-grid .film")).not_to_have_count(0)


def test_all_of_it_works_without_scripts(browser: Browser, site: Site) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    log_in(page, site)
    page.goto(site.film(40))
    page.get_by_role("link", name="Lists").click()
    page.get_by_role("link", name="New list").click()
    page.get_by_label("Title").fill("Rainy days")
    page.get_by_role("button", name="Create list").click()
    page.get_by_role("link", name="Edit").click()
    page.get_by_role("combobox", name="Add a film").fill("Film 41")
    page.get_by_role("button", name="Add", exact=True).click()
    films = MovieList.objects.get()
    assert listed(films) == numbers(40, 41)
    page.get_by_role("button", name="Move Film 41 up").click()
    assert listed(films) == numbers(41, 40)
    page.get_by_role("spinbutton", name="Position of Film 41").fill("2")
    page.get_by_role("button", name="Move", exact=True).first.click()
    assert listed(films) == numbers(40, 41)
    page.get_by_role("button", name="Remove Film 40").click()
    page.get_by_role("button", name="Undo").click()
    assert listed(films) == numbers(40, 41)

    page.goto(site.film(40))
    page.get_by_role("link", name="Log").click()
    star(page.get_by_role("main"), "3.0").check()
    page.get_by_role("button", name="Add to diary").click()
    expect(page.locator(".viewings")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    assert not DiaryEntry.objects.exists()

    page.goto(f"{site.address}/ratings/?select=1")
    before = Rating.objects.filter(user_id=site.member.pk).count()
    page.locator("[name=movie]").nth(0).check()
    page.locator("[name=movie]").nth(1).check()
    page.get_by_role("button", name="Delete ratings").click()
    assert Rating.objects.filter(user_id=site.member.pk).count() == before - 2
    page.get_by_role("button", name="Undo").click()
    assert Rating.objects.filter(user_id=site.member.pk).count() == before
    context.close()


def test_no_page_breaks_a_rule(browser: Browser, site: Site, rainy: MovieList) -> None:
    first, second = site.world.movies[20], site.world.movies[21]
    annotate_film(rainy, first.pk, "The one with the train")
    for movie, half_stars in ((first, 8), (second, None)):
        viewing = Viewing(date(2026, 11, 2), half_stars, rewatch=True, note="In the rain")
        write(user_id=site.member.pk, movie=movie, viewing=viewing)
    with eyes(browser) as ours:
        page, broken = ours.page, []
        log_in(page, site)
        for path in (
            rainy.get_absolute_url(),
            f"/lists/{rainy.pk}/edit/",
            f"/movies/{first.pk}/lists/",
            "/diary/",
            "/ratings/?select=1",
            first.get_absolute_url(),
        ):
            page.goto(f"{site.address}{path}")
            broken += ours.look("light", "dark")
        for name in ("Log", "Lists"):
            page.goto(site.address + first.get_absolute_url())
            page.get_by_role("link", name=name).click()
            page.get_by_role("dialog").get_by_role("button", name="Close").wait_for()
            broken += ours.look("light", "dark")
    assert broken == []

"""One film for tonight, the bell and the services, by hand."""

import re

import pytest
from playwright.sync_api import Browser, Page, Response, expect

from catalog.models import NoticeKind, Offer, Provider, Rating, StreamingChoice
from catalog.services.notices import tell
from recommender.models import TonightAnswer
from tests.browser.conftest import Site, sign_in

pytestmark = pytest.mark.browser


def is_answer(response: Response) -> bool:
    return response.request.headers.get("hx-target") == "answers"


def test_another_one_until_it_fits_and_how_it_was(member_page: Page, site: Site) -> None:
    member_page.goto(site.address)
    panel = member_page.get_by_role("region", name="One film for tonight")
    first = panel.get_by_role("heading", level=3).inner_text()
    with member_page.expect_response(is_answer):
        panel.get_by_role("button", name="Another one").click()
    expect(panel.get_by_role("heading", level=3)).not_to_have_text(first)
    expect(panel.get_by_role("button", name="Another one")).to_be_focused()
    with member_page.expect_response(is_answer):
        panel.get_by_role("button", name="Under two hours").click()
    expect(panel.get_by_role("button", name="Under two hours")).to_have_attribute(
        "aria-pressed", "true"
    )
    with member_page.expect_response(is_answer):
        panel.get_by_role("button", name="This one").click()
    taken = member_page.get_by_role("region", name="You chose this for tonight")
    title = taken.get_by_role("heading", level=3).inner_text()
    assert TonightAnswer.objects.get(taken=True).movie.title == title
    with member_page.expect_response(is_answer):
        taken.locator('input[value="4.0"]').check(force=True)
    expect(panel.get_by_role("heading", level=3)).not_to_have_text(title)
    assert Rating.objects.get(user=site.member, movie__title=title).stars == 4.0


def test_without_scripts_it_asks_and_answers_by_pages(browser: Browser, site: Site) -> None:
    service = Provider.objects.create(tmdb_id=1, name="Service")
    for movie in site.world.movies[:30]:
        Offer.objects.create(movie=movie, provider=service, country="US", kind="flatrate")
    StreamingChoice.objects.create(user=site.member, country="US", providers=[service.pk])
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    sign_in(page, site)
    panel = page.get_by_role("region", name="One film for tonight")
    first = panel.get_by_role("heading", level=3).inner_text()
    panel.get_by_role("button", name="Another one").click()
    expect(panel.get_by_role("heading", level=3)).not_to_have_text(first)
    expect(page.get_by_role("button", name="On my services")).to_have_attribute(
        "aria-pressed", "false"
    )
    page.get_by_role("button", name="On my services").click()
    expect(page.get_by_role("button", name="On my services")).to_have_attribute(
        "aria-pressed", "true"
    )
    context.close()


def test_the_bell_rings_until_it_was_looked_at(member_page: Page, site: Site) -> None:
    tell(site.member.pk, NoticeKind.IMPORT_DONE, "import-1", subject="diary.csv")
    member_page.goto(f"{site.address}/movies/")
    bell = member_page.get_by_role("banner").get_by_role("link", name="Notices")
    expect(bell).to_contain_text("1 new")
    bell.click()
    expect(member_page.get_by_role("main")).to_contain_text("diary.csv was imported")
    expect(bell).not_to_contain_text(re.compile("new"))

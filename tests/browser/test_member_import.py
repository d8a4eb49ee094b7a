"""An import with conflicts in a real browser: upload, progress, preview, decisions, import, undo.

A real worker does the work, as in operation.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from catalog.models import DiaryEntry, Movie, Rating
from tests.browser.celery_worker import celery_worker
from tests.browser.conftest import Site, sign_in
from tests.catalog.member_import.exports import zipped

SLOW = 60_000  # milliseconds: a worker starts, on two busy cores

pytestmark = [pytest.mark.browser, pytest.mark.services]

RATINGS = """\
Date,Name,Year,Letterboxd URI,Rating
2020-01-01,Film 00,1950,https://boxd.it/0,3
2020-01-02,Film 02,52,https://boxd.it/2,5
2020-01-03,Film 10,1960,https://boxd.it/10,4.5
2020-01-04,Film 11,1961,https://boxd.it/11,2
2020-01-05,Flim 12,1962,https://boxd.it/12,4
"""
WATCHLIST = """\
Date,Name,Year,Letterboxd URI
2020-02-01,Film 20,1970,https://boxd.it/20
"""


@pytest.fixture(scope="module")
def worker(django_db_setup: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """One for all tests here: it starts in seconds, and keeps nothing of the last import."""
    with celery_worker(tmp_path_factory.mktemp("worker") / "worker.log"):
        yield


def stars(site: Site) -> dict[str, float]:
    mine = Rating.objects.filter(user_id=site.member.pk).select_related("movie")
    return {rating.movie.title: rating.stars for rating in mine}


@pytest.fixture
def export(tmp_path: Path) -> Path:
    file = tmp_path / "letterboxd-ada.zip"
    file.write_bytes(zipped({"ratings.csv": RATINGS, "watchlist.csv": WATCHLIST}))
    return file


def upload(page: Page, site: Site, export: Path) -> None:
    page.goto(f"{site.address}/ratings/")
    page.get_by_role("link", name="Import", exact=True).click()
    page.get_by_label("The file as you downloaded it").set_input_files(export)
    page.get_by_role("button", name="Show a preview").click()


def row(page: Page, title: str):  # type: ignore[no-untyped-def]
    return page.get_by_role("listitem").filter(has=page.get_by_role("heading", name=title))


def expect_number(page: Page, name: str, number: int) -> None:
    """What the summary above the rows says."""
    pair = page.locator(".import-numbers > div", has_text=name)
    expect(pair.locator("dd")).to_have_text(str(number))


def test_an_import_with_conflicts_and_its_undo(
    member_page: Page, site: Site, worker: None, export: Path
) -> None:
    page, before = member_page, stars(site)
    upload(page, site, export)
    expect(page.get_by_role("button", name="Import", exact=True)).to_be_visible(timeout=SLOW)
    expect(page.get_by_text("One row could not be read")).to_be_visible()

    # The rule for all conflicts changes the sums at once, however fast it is changed again.
    for rule, changed in 3 * (("The ratings in the file", 1), ("The newer ratings", 0)):
        page.get_by_role("radio", name=rule).check()
        expect_number(page, "changed ratings", changed)

    # Rated here after 2020, so Ada's five stars would stay; she takes the file's three.
    conflict = row(page, "Film 00")
    expect(conflict.get_by_role("radio", name=re.compile("Yours"))).to_be_checked()
    for choice, changed in (("Letterboxd", 1), ("Yours", 0), ("Letterboxd", 1)):
        conflict.get_by_role("radio", name=re.compile(choice)).check()
        expect_number(page, "changed ratings", changed)

    # A misspelt title is found among the suggestions.
    with page.expect_navigation():  # whose scripts have run then
        page.get_by_role("link", name=re.compile("Not found")).click()
    lost = row(page, "Flim 12")
    lost.get_by_role("searchbox").fill("Film 12")
    lost.get_by_role("button", name="Find").click()
    expect(lost.get_by_role("radio", name=re.compile("Film 12"))).to_be_focused()
    lost.get_by_role("radio", name=re.compile("Film 12")).check()
    expect(row(page, "Film 12").get_by_text("★ 4")).to_be_visible()
    expect_number(page, "new ratings", 3)

    # One film is left out again.
    with page.expect_navigation():  # whose scripts have run then
        page.get_by_role("link", name=re.compile("^New")).click()
    row(page, "Film 11").get_by_role("button", name="Leave out").click()
    expect(row(page, "Film 11").get_by_role("button", name="Include again")).to_be_focused()

    page.get_by_role("button", name="Import", exact=True).click()
    expect(page.get_by_role("heading", name="Imported")).to_be_visible(timeout=SLOW)
    assert stars(site) == before | {"Film 00": 3.0, "Film 10": 4.5, "Film 12": 4.0}
    page.goto(f"{site.address}/watchlist/")
    expect(page.get_by_role("link", name="Film 20", exact=True)).to_be_visible()

    page.go_back()
    page.get_by_role("button", name="Undo this import").click()
    expect(page.get_by_role("heading", name="This import was undone")).to_be_visible(timeout=SLOW)
    assert stars(site) == before


def test_without_javascript(browser: Browser, site: Site, worker: None, export: Path) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    sign_in(page, site)
    upload(page, site, export)
    # The page looks again by itself until the worker is done.
    expect(page.get_by_role("button", name="Import", exact=True)).to_be_visible(timeout=SLOW)
    conflict = row(page, "Film 00")
    conflict.get_by_role("radio", name=re.compile("Letterboxd")).check()
    conflict.get_by_role("button", name="Save").click()
    expect(row(page, "Film 00").get_by_role("radio", name=re.compile("Letterboxd"))).to_be_checked()
    page.get_by_role("button", name="Import", exact=True).click()
    expect(page.get_by_role("heading", name="Imported")).to_be_visible(timeout=SLOW)
    assert stars(site)["Film 00"] == 3.0
    context.close()


def test_a_trakt_history_alone_leads_to_picks_without_a_single_seen_film(
    member_page: Page, site: Site, worker: None, tmp_path: Path
) -> None:
    """No stars in it: what was watched is seen, and never recommended."""
    watched = list(Movie.objects.exclude(ratings__user=site.member).order_by("pk")[:20])
    history = [
        {
            "id": number,
            "watched_at": f"2024-02-{number + 1:02}T20:00:00.000Z",
            "action": "scrobble",
            "type": "movie",
            "movie": {"title": film.title, "year": film.year, "ids": {"trakt": number}},
        }
        for number, film in enumerate(watched)
    ]
    export = tmp_path / "trakt.zip"
    export.write_bytes(
        zipped(
            {
                "ratings-movies.json": "[]",
                "watched-history-1.json": json.dumps(history[:10]),
                "watched-history-2.json": json.dumps(history[10:]),
                "ratings-shows.json": json.dumps([{"type": "show", "rating": 8}]),
            }
        )
    )
    page = member_page
    upload(page, site, export)
    button = page.get_by_role("button", name="Import", exact=True)
    expect(button).to_be_visible(timeout=SLOW)
    expect_number(page, "films seen", 20)
    expect_number(page, "new in the diary", 20)
    page.get_by_text("What of the file is not taken").click()
    expect(page.get_by_text("ratings-shows.json: series and episodes")).to_be_visible()
    button.click()
    expect(page.get_by_role("heading", name="Imported")).to_be_visible(timeout=SLOW)
    assert DiaryEntry.objects.filter(user=site.member).count() == 20
    page.get_by_role("link", name="See recommendations").click()
    shown = page.locator("main a[href^='/movies/']")
    expect(shown.first).to_be_visible()
    addresses = {link.get_attribute("href") or "" for link in shown.all()}
    seen = {film.get_absolute_url() for film in watched}
    assert len(addresses) >= 5
    assert not addresses & seen

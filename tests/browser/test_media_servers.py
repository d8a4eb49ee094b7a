"""Media servers in a real browser: the settings page, and stars of what was watched, in one tap."""

from __future__ import annotations

from datetime import timedelta

import pytest
import requests
from django.db.models import F
from playwright.sync_api import Browser, Page, expect

from catalog.hooks import gather
from catalog.hooks.worker import work
from catalog.models import Rating, WatchEvent, WatchSync
from tests.browser.accessibility import eyes
from tests.browser.conftest import Site, log_in

pytestmark = pytest.mark.browser


def told(site: Site, address: str, *places: int) -> None:
    """The member's server tells of films, and the workers have done their part."""
    for place in places:
        movie = site.world.movies[place]
        payload = {"title": movie.title, "year": movie.year, "watched_on": "2026-11-20"}
        assert requests.post(address, json=payload, timeout=30).json() == {"status": "noted"}
    WatchEvent.objects.update(received_at=F("received_at") - timedelta(minutes=9))
    gather.gather(site.member.pk)
    for sync in WatchSync.objects.filter(state="applying"):
        work(sync.pk)


def make_address(page: Page, site: Site) -> str:
    page.goto(f"{site.address}/media-servers/")
    page.get_by_role("button", name="Make an address").click()
    shown = page.locator("[data-hook-address]")
    expect(shown).to_be_visible()
    address = shown.text_content() or ""
    assert address.startswith(f"{site.address}/hooks/")
    return address


def test_from_the_address_to_stars_in_one_tap(member_page: Page, site: Site) -> None:
    page = member_page
    address = make_address(page, site)
    page.goto(f"{site.address}/media-servers/")
    expect(page.locator("[data-hook-address]")).to_have_count(0)
    told(site, address, 20, 21, 22)
    page.reload()
    log = page.get_by_role("region", name="What was told last")
    expect(log).to_contain_text("Film 20")
    expect(log).to_contain_text("taken over")

    page.goto(f"{site.address}/")
    asked = page.get_by_role("region", name="You watched these. How were they?")
    expect(asked.get_by_role("listitem")).to_have_count(3)
    asked.get_by_role("button", name="4 of 5 stars for Film 21").click()
    expect(asked.get_by_role("listitem")).to_have_count(2)
    expect(page.locator("#toasts")).to_contain_text("Film 21")
    assert Rating.objects.get(user=site.member, movie=site.world.movies[21]).half_stars == 8
    asked.get_by_role("button", name="Do not ask").click()
    expect(asked).to_have_count(0)
    page.reload()
    expect(page.get_by_role("heading", name="You watched these")).to_have_count(0)

    page.goto(f"{site.address}/media-servers/")
    page.get_by_role("button", name="Replace the address").click()
    expect(page.locator("[data-hook-address]")).to_be_visible()
    assert requests.post(address, json={"title": "x"}, timeout=30).status_code == 404
    page.get_by_role("button", name="Remove the address").click()
    expect(page.get_by_role("button", name="Make an address")).to_be_visible()


def test_the_same_without_scripts(browser: Browser, site: Site) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    log_in(page, site)
    told(site, make_address(page, site), 20, 21)
    page.goto(f"{site.address}/")
    page.get_by_role("button", name="5 of 5 stars for Film 20").click()
    asked = page.get_by_role("region", name="You watched these. How were they?")
    expect(asked.get_by_role("listitem")).to_have_count(1)
    assert Rating.objects.get(user=site.member, movie=site.world.movies[20]).half_stars == 10
    page.get_by_role("button", name="Do not ask").click()
    expect(asked).to_have_count(0)
    context.close()


def test_its_pages_break_no_rule(browser: Browser, site: Site) -> None:
    with eyes(browser) as ours:
        page, broken = ours.page, []
        log_in(page, site)
        told(site, make_address(page, site), *range(20, 22))
        applied = WatchSync.objects.get()
        told(site, make_address_again(page, site), *range(22, 50))
        preview = WatchSync.objects.get(state="preview")
        paths = ["/", "/media-servers/", "/import/"]
        for path in [*paths, applied.get_absolute_url(), preview.get_absolute_url()]:
            page.goto(f"{site.address}{path}")
            broken += ours.look()
    assert broken == []


def make_address_again(page: Page, site: Site) -> str:
    page.goto(f"{site.address}/media-servers/")
    page.get_by_role("button", name="Replace the address").click()
    return page.locator("[data-hook-address]").text_content() or ""

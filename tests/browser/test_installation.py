"""The site can be installed, by the browser's own criteria, and says when it cannot be reached."""

from urllib.parse import urlencode

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Site

pytestmark = pytest.mark.browser


def test_the_browser_finds_nothing_that_stands_against_installing(
    browser: Browser, site: Site
) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{site.address}/movies/")
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    chromium = context.new_cdp_session(page)
    manifest = chromium.send("Page.getAppManifest")
    assert manifest["errors"] == []
    assert manifest["url"] == f"{site.address}/manifest.webmanifest"
    found = chromium.send("Page.getInstallabilityErrors")["installabilityErrors"]
    # A context of tests is private, where nothing is ever installed.
    assert [one["errorId"] for one in found if one["errorId"] != "in-incognito"] == []
    page.reload()
    context.set_offline(True)
    page.goto(f"{site.address}/movies/")
    expect(page.get_by_role("heading", name="The screen is dark")).to_be_visible()
    context.set_offline(False)
    page.get_by_role("link", name="Try again").click()
    expect(page.get_by_role("heading", level=1, name="Know what to watch tonight.")).to_be_visible()
    context.close()


def test_what_another_app_shares_leads_to_the_film(page: Page, site: Site) -> None:
    """As the manifest says that it is shared; what no film is called leads to the search."""
    manifest = page.request.get(f"{site.address}/manifest.webmanifest").json()
    target = manifest["share_target"]
    names = target["params"]
    shared = {names["title"]: "Film 20 (1970) - IMDb", names["url"]: "https://www.imdb.com/"}
    page.goto(f"{site.address}{target['action']}?{urlencode(shared)}")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Film 20")
    page.goto(f"{site.address}{target['action']}?{urlencode({names['text']: 'Nothing at all'})}")
    page.wait_for_url("**/movies/?q=Nothing+at+all")

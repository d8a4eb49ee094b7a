"""Pictures of the main pages, in both themes, on a phone and on a desktop, for the docs.

python -m tests.browser.screenshots http://127.0.0.1:8000 USERNAME PASSWORD

The member must have a list of films.
"""

import sys
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, Route, sync_playwright

from tests.chromium import FLAGS, find_chromium

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "screenshots"
DEVICES: dict[str, dict[str, Any]] = {
    "desktop": {"viewport": {"width": 1280, "height": 800}},
    "phone": {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True},
}
VISITOR = {"welcome": "/"}
MEMBER = {
    "home": "/",
    "film": "/movies/",  # the page of one of its films
    "films": "/movies/",
    "onboarding": "/welcome/",
    "ratings": "/ratings/",
    "taste": "/taste/",
    "watch-next": "/watch-next/",
    "list": "/lists/",  # the first of them
    "diary": "/diary/",
    "friends": "/friends/",
    "import": "/import/",
    "settings": "/accounts/profile/",
}
# Of these the page itself is behind a link of the page.
BEHIND = {"film": ".film-link >> nth=6", "list": "main a[href^='/lists/'][href*='-'] >> nth=0"}
ON_PHONES = {"welcome", "home", "film", "onboarding"}


def take_all(address: str, name: str, password: str) -> list[Path]:
    """Every page as ``PAGE-DEVICE-THEME.png`` in docs/screenshots."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    taken: list[Path] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=FLAGS)
        for device, options in DEVICES.items():
            for theme in ("dark", "light"):
                taken += _take(browser, address, (name, password), device, theme, options)
        browser.close()
    return taken


def _take(
    browser: Browser,
    address: str,
    member: tuple[str, str],
    device: str,
    theme: Any,
    options: dict[str, Any],
) -> list[Path]:
    context = browser.new_context(
        **options, color_scheme=theme, reduced_motion="reduce", service_workers="block"
    )
    # The same pictures with and without the image host: those of the designed covers.
    context.route("**/images/**", lambda route: route.abort())
    context.route("**/*.css", _insist_on_fonts)
    page = context.new_page()
    taken = []

    def picture(what: str, path: str) -> None:
        page.goto(f"{address}{path}")
        if what in BEHIND:
            link = page.locator(BEHIND[what]).get_attribute("href", timeout=5000)
            page.goto(f"{address}{link}")
        page.wait_for_load_state("networkidle")
        file = FOLDER / f"{what}-{device}-{theme}.png"
        page.screenshot(path=file)
        taken.append(file)

    shown = ON_PHONES if device == "phone" else {*VISITOR, *MEMBER}
    for what in VISITOR.keys() & shown:
        picture(what, VISITOR[what])
    log_in(page, address, *member)
    for what in MEMBER.keys() & shown:
        picture(what, MEMBER[what])
    context.close()
    return taken


def _insist_on_fonts(route: Route) -> None:
    """A page goes without a font that comes late; a picture must not."""
    answer = route.fetch()
    text = answer.text().replace("font-display: optional", "font-display: block")
    route.fulfill(response=answer, body=text)


def log_in(page: Page, address: str, name: str, password: str) -> None:
    page.goto(f"{address}/accounts/login/")
    page.locator("[name=login]").fill(name)
    page.locator("[name=password]").fill(password)
    page.locator("[name=password]").press("Enter")
    page.wait_for_url(f"{address}/")


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    for file in take_all(*sys.argv[1:]):
        print(file)

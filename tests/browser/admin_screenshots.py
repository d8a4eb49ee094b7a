"""Pictures of every page of the administration, in both themes, on a desktop and on a phone.

python -m tests.browser.admin_screenshots http://127.0.0.1:8000 USERNAME PASSWORD FOLDER

Follows the links of the desk: each list, its form for something new, and the first thing in it.
Says which pages are wider than the screen, and ends with status 1 when there are any.
"""

import re
import sys
from pathlib import Path
from typing import Any, Literal

from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.screenshots import DEVICES, log_in
from tests.chromium import FLAGS, find_chromium

START = "/admin/"
THEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
LEFT_ALONE = ("/logout/", "/jsi18n/", "/autocomplete/", "/delete/", "/password")
ROWS_FOLLOWED = 1
WIDER = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


def main() -> None:
    if len(sys.argv) != 5:
        sys.exit(__doc__)
    address, name, password, folder = sys.argv[1:]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=FLAGS)
        wide = take_all(browser, address, (name, password), Path(folder))
        browser.close()
    if wide:
        sys.exit("wider than the screen:\n" + "\n".join(wide))


def take_all(browser: Browser, address: str, who: tuple[str, str], folder: Path) -> list[str]:
    """PAGE-DEVICE-THEME.png for each page; the pages that are too wide."""
    folder.mkdir(parents=True, exist_ok=True)
    wide: list[str] = []
    paths: list[str] = []
    for device, options in DEVICES.items():
        page = _open(browser, options)
        log_in(page, address, *who)
        paths = paths or find_pages(page, address)
        for path in paths:
            page.goto(address + path)
            page.wait_for_load_state("networkidle")
            for theme in THEMES:
                page.emulate_media(color_scheme=theme)
                page.screenshot(path=folder / f"{_name(path)}-{device}-{theme}.png", full_page=True)
            if page.evaluate(WIDER) > 0:
                wide.append(f"{path} ({device})")
        page.context.close()
    return wide


def _open(browser: Browser, options: dict[str, Any]) -> Page:
    context = browser.new_context(**options, reduced_motion="reduce")
    context.route("**/images/**", lambda route: route.abort())
    return context.new_page()


def find_pages(page: Page, address: str) -> list[str]:
    """The paths of the desk, of what it leads to, and of the first row of each list there."""
    found = [START]
    for path in found:  # grows while it is read
        page.goto(address + path)
        rows = page.locator("#result_list tbody th a").all()[:ROWS_FOLLOWED]
        links = page.locator("#content a, .object-tools a").all() if _is_list(path) else rows
        links = page.locator("main a, #content a").all() if path == START else [*links, *rows]
        for link in links:
            target = (link.get_attribute("href") or "").removeprefix(address)
            if not target.startswith("/"):
                continue
            plain = target.partition("#")[0].partition("?")[0]
            is_row = any(link.get_attribute("href") == row.get_attribute("href") for row in rows)
            wanted = path == START or is_row or plain.endswith("/add/")
            if wanted and _is_page(plain) and plain not in found:
                found.append(plain)
    return found


def _is_list(path: str) -> bool:
    return path.count("/") == 4 and path != START


def _is_page(path: str) -> bool:
    return path.startswith(START) and not any(part in path for part in LEFT_ALONE)


def _name(path: str) -> str:
    return re.sub(r"\W+", "-", path.removeprefix(START)).strip("-") or "desk"


if __name__ == "__main__":
    main()

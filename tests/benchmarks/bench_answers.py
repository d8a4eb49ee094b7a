"""How soon rows answer, in real Chromium on a running site: from a click to the frame without it.

python -m tests.benchmarks.bench_answers http://127.0.0.1:8000 USERNAME PASSWORD

Seen, not interested and stars by turns on home, each of the first film of its rows, until a frame
was shown in which the rows have changed. The member keeps what was clicked. Posters are blocked.
Ends with status 1 when the 95th percentile of a kind misses its target.
"""

import argparse
import os
import sys

import numpy as np
from playwright.sync_api import Page, sync_playwright

from tests.browser.screenshots import log_in
from tests.chromium import FLAGS, find_chromium

TARGET_MS = 300.0
CLICKS = 10  # of each kind

# The clock starts when the click happens, and stops after the first frame without the film.
OBSERVE = """
let clicked = 0;
addEventListener("click", (event) => { clicked ||= event.timeStamp; }, true);
window.await_film = (film) => {
  clicked = 0;
  window.took = new Promise((resolve) => {
    const watch = new MutationObserver(() => {
      if (!clicked || document.querySelector(`#answers [data-film="${film}"]`)) return;
      watch.disconnect();
      const stop = () => resolve(performance.now() - clicked);
      requestAnimationFrame(() => setTimeout(stop));
    });
    watch.observe(document.getElementById("answers"), { childList: true, subtree: true });
  });
};
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    for name in ("address", "username", "password"):
        parser.add_argument(name)
    parser.add_argument("--clicks", type=int, default=CLICKS, help="of each kind")
    given = parser.parse_args()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=FLAGS)
        page = browser.new_context(viewport={"width": 1280, "height": 800}).new_page()
        page.add_init_script(OBSERVE)
        page.route("**/images/**", lambda route: route.abort())
        log_in(page, given.address, given.username, given.password)
        missed = measure_answers(page, given.clicks)
        browser.close()
    if missed:
        sys.exit(f"missed: {', '.join(missed)}")


def measure_answers(page: Page, clicks: int) -> list[str]:
    """Print a line for each kind of click; the kinds that took longer than they may."""
    kinds = {"seen": click_seen, "not interested": click_hidden, "stars": click_stars}
    for click in kinds.values():
        click(page)  # the server's own first time
    took: dict[str, list[float]] = {kind: [] for kind in kinds}
    for _ in range(clicks):
        for kind, click in kinds.items():
            took[kind].append(click(page))
    print(f"load average {os.getloadavg()[0]:.2f} on {os.cpu_count()} cores")
    print(f"{'':16}{'clicks':>8}{'p50 ms':>8}{'p95 ms':>8}{'max ms':>8}")
    everything = [one for times in took.values() for one in times]
    missed = []
    for kind, times in {**took, "all": everything}.items():
        p50, p95, most = np.percentile(times, [50, 95, 100])
        print(f"{kind:16}{len(times):8}{p50:8.0f}{p95:8.0f}{most:8.0f}")
        if p95 > TARGET_MS:
            missed.append(kind)
    return missed


def click_seen(page: Page) -> float:
    card = page.locator("#answers [data-row] .film").first
    _await(page, card.get_attribute("data-film"))
    card.locator(".film-seen").click()
    return _took(page)


def click_hidden(page: Page) -> float:
    _open(page)
    page.locator("#film-dialog [data-hide] button").click()
    return _took(page)


def click_stars(page: Page) -> float:
    _open(page)
    page.locator("#film-dialog [data-stars] input").nth(7).click()
    took = _took(page)
    page.keyboard.press("Escape")
    return took


def _open(page: Page) -> None:
    card = page.locator("#answers [data-row] .film").first
    film = card.get_attribute("data-film")
    card.locator(".film-more").click()
    page.locator(f'#film-dialog [data-film="{film}"]').first.wait_for()
    _await(page, film)


def _await(page: Page, film: str | None) -> None:
    page.wait_for_load_state("networkidle")
    page.evaluate("(film) => { await_film(film); }", film)


def _took(page: Page) -> float:
    return float(page.evaluate("took"))


if __name__ == "__main__":
    main()

"""axe, targets and no scrolling sideways: what is looked at on a page, in both themes and sizes.

A page is opened once; then its theme and the size of its window change in place.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from axe_playwright_python.base import AXE_FILE_PATH
from playwright.sync_api import Browser

from tests.browser.conftest import without_images

PHONE = {"width": 390, "height": 844, "deviceScaleFactor": 1, "mobile": True}
DESKTOP = {"width": 1280, "height": 800, "deviceScaleFactor": 1, "mobile": False}
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
ALL_RULES = {
    "runOnly": {"type": "tag", "values": TAGS},
    "rules": {"target-size": {"enabled": True}},
}
# Of the site's own pages; headings and landmarks of the administration are Django's.
BEST_PRACTICE = {**ALL_RULES, "runOnly": {"type": "tag", "values": [*TAGS, "best-practice"]}}
# What can differ in another theme and at another size.
SEEN_RULES = {"runOnly": {"type": "rule", "values": ["color-contrast", "target-size"]}}

COUNT_REQUESTS = """
window.asked = 0;
addEventListener("htmx:beforeRequest", () => { window.asked += 1; }, true);
addEventListener("htmx:afterRequest", () => { window.asked -= 1; }, true);
"""
LOOK = """async ([rules, theme]) => {
  const latest = performance.now() + 20000;
  const frame = () => new Promise((done) => requestAnimationFrame(done));
  while (window.asked > 0 && performance.now() < latest) await frame();
  const root = document.documentElement;
  root.dataset.theme = theme;
  await frame();
  for (const one of document.getAnimations()) one.cancel();  // of the colours, to the new theme
  await frame();
  const ours = { exclude: [[".swagger-ui"]] };  // how that widget nests is its makers' affair
  const found = await axe.run(ours, { ...rules, resultTypes: ["violations"], preload: false });
  const faults = found.violations.flatMap((rule) =>
    rule.nodes.slice(0, 3).map((node) => `${rule.id}: ${node.html.slice(0, 200)}`));
  if (root.scrollWidth > root.clientWidth) faults.push("scrolls sideways");
  // A box of the administration clips what is wider than it is, so that the page does not scroll.
  for (const field of document.querySelectorAll(".form-row :is(input, select, textarea, .help)")) {
    const end = field.closest(".module")?.getBoundingClientRect().right;
    if (field.checkVisibility() && field.getBoundingClientRect().right > end)
      faults.push(`cut off: ${field.id || field.className}`);
  }
  for (const text of document.querySelectorAll(".tabular .original p, .compared label"))
    if (text.scrollHeight > text.clientHeight + 2 || text.clientWidth < 60)
      faults.push(`cut off: ${text.textContent.trim().slice(0, 40)}`);
  return faults;
}"""


class Eyes:
    """One window, whose page is looked at as on a phone and as on a desktop."""

    def __init__(self, browser: Browser, rules: dict[str, Any] = BEST_PRACTICE) -> None:
        # axe is put into the page as a script, which the page's own policy would refuse.
        self.context = browser.new_context(
            bypass_csp=True, reduced_motion="reduce", service_workers="block"
        )
        self.context.add_init_script(path=AXE_FILE_PATH)
        self.context.add_init_script(COUNT_REQUESTS)
        self.page = self.context.new_page()
        self.rules = rules
        self._size: dict[str, Any] = {}
        self._tools = without_images(self.page)

    def look(self, phone: str = "dark", desktop: str = "light", turn: bool = False) -> list[str]:
        """Faults of the page in these themes: all rules on a phone, what is seen on a desktop too.

        The window stays a desktop's, or with ``turn`` as it was made last: the next page comes so.
        """
        looks: list[tuple[dict[str, Any], dict[str, Any], str]] = [
            (PHONE, self.rules, phone),
            (DESKTOP, SEEN_RULES, desktop),
        ]
        if turn and self._size is DESKTOP:
            looks.reverse()
        return [fault for look in looks for fault in self._faults(*look)]

    def _faults(self, size: dict[str, Any], rules: dict[str, Any], theme: str) -> Iterator[str]:
        if size is not self._size:
            self._resize(size)
        for fault in self.page.evaluate(LOOK, [rules, theme]):
            yield f"{self.page.url} {size['width']} {theme} {fault}"

    def _resize(self, size: dict[str, Any]) -> None:
        self._tools.send("Emulation.setDeviceMetricsOverride", size)
        self._tools.send("Emulation.setTouchEmulationEnabled", {"enabled": size["mobile"]})
        self._size = size


@contextmanager
def eyes(browser: Browser, rules: dict[str, Any] = BEST_PRACTICE) -> Iterator[Eyes]:
    made = Eyes(browser, rules)
    try:
        yield made
    finally:
        made.context.close()

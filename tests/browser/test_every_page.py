"""Every page that anybody reaches: axe in light and dark, targets, and no scrolling sideways.

A page is opened once, on a phone; then its theme and the size of its window change in place. A new
address is walked by itself; one from which none of the people here gets a page fails.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from axe_playwright_python.base import AXE_FILE_PATH
from django.http.response import HttpResponseBase
from django.test import Client
from playwright.sync_api import Browser, CDPSession, Page

from catalog.member_import import request
from catalog.models import MemberImport, Movie
from tests.browser.conftest import PASSWORD, Site
from tests.browser.desk_addresses import DESK
from tests.browser.site_addresses import SITE, Part
from tests.browser.whole_site import WholeSite, give_factors, whole_site

pytestmark = pytest.mark.browser

PHONE = {"width": 390, "height": 844, "deviceScaleFactor": 1, "mobile": True}
DESKTOP = {"width": 1280, "height": 800, "deviceScaleFactor": 1, "mobile": False}
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
ALL_RULES = {
    "runOnly": {"type": "tag", "values": TAGS},
    "rules": {"target-size": {"enabled": True}},
}
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
  const found = await axe.run(document, { ...rules, resultTypes: ["violations"], preload: false });
  const faults = found.violations.flatMap((rule) =>
    rule.nodes.slice(0, 3).map((node) => `${rule.id}: ${node.html.slice(0, 200)}`));
  if (root.scrollWidth > root.clientWidth) faults.push("scrolls sideways");
  // A box of the administration clips what is wider than it is, so that the page does not scroll.
  for (const field of document.querySelectorAll(".form-row :is(input, select, textarea, .help)")) {
    const end = field.closest(".module")?.getBoundingClientRect().right;
    if (field.checkVisibility() && field.getBoundingClientRect().right > end)
      faults.push(`cut off: ${field.id || field.className}`);
  }
  return faults;
}"""


@dataclass(frozen=True)
class Walk:
    """``clients`` by whom they are of; ``pages`` are who asks for which path."""

    clients: dict[str, Client]
    pages: list[tuple[str, str]]
    unreached: set[str]


def client_of(name: str) -> Client:
    client = Client(raise_request_exception=False)
    answer = client.post("/accounts/login/", {"login": name, "password": PASSWORD})
    assert answer.status_code == 302, name
    return client


def people(whole: WholeSite) -> dict[str, Client]:
    """The last has given a password, and no code yet."""
    made = {"visitor": Client(raise_request_exception=False), "member": client_of("ada")}
    made["friend"] = Client()
    made["friend"].force_login(whole.friend, "django.contrib.auth.backends.ModelBackend")
    made["root"] = client_of("root")
    give_factors(whole)
    made["halfway"] = client_of("ada")
    return made


def kind_of(answer: HttpResponseBase) -> str:
    body = b"".join(answer) if answer.streaming else answer.content  # type: ignore[attr-defined]
    if answer.status_code == 405:
        return "only sent to"
    if answer.status_code not in (200, 401, 404):
        return "refused" if answer.status_code == 403 else "elsewhere"
    if "text/html" not in answer.get("Content-Type", ""):
        return "a file"
    if answer.status_code == 404:
        return "elsewhere"
    return "page" if b"<html" in body else "a fragment"


def asking(name: str) -> tuple[str, ...]:
    """From the third on, only where the others got nothing."""
    if name.startswith("admin:"):
        return ("root",)
    return ("halfway",) if name == "mfa_authenticate" else ("visitor", "member", "friend", "root")


def survey(whole: WholeSite, part: Part) -> Walk:
    clients = people(whole)
    reader: dict[str, str] = {}  # of each path: the member, where a visitor gets the page as well
    unreached = set()
    for name, keys in part.names():
        path = part.address(name, keys, whole)
        kinds: set[str] = set()
        for who in asking(name):
            if who in ("friend", "root") and kinds - {"elsewhere"}:
                break
            kind = kind_of(clients[who].get(path))
            if kind == "page":
                reader[path] = who
            kinds.add(kind)
        if kinds == {"elsewhere"}:
            unreached.add(name)
    values = {
        "job": whole.parts[MemberImport].pk,
        "film": whole.parts[Movie].pk,
        "other": whole.site.world.movies[11].pk,
    }
    pages = [(who, path) for path, who in reader.items()]
    pages += [(who, path.format(**values)) for who, paths in part.further.items() for path in paths]
    return Walk(clients, pages, unreached)


def window_of(browser: Browser, client: Client, site: Site) -> Page:
    # axe is put into the page as a script, which the page's own policy would refuse.
    context = browser.new_context(bypass_csp=True, reduced_motion="reduce", service_workers="block")
    if session := client.cookies.get("sessionid"):
        context.add_cookies([{"name": "sessionid", "value": session.value, "url": site.address}])
    context.add_init_script(path=AXE_FILE_PATH)
    context.add_init_script(COUNT_REQUESTS)
    return context.new_page()


def resize(tools: CDPSession, size: dict[str, Any]) -> None:
    tools.send("Emulation.setDeviceMetricsOverride", size)
    tools.send("Emulation.setTouchEmulationEnabled", {"enabled": size["mobile"]})


def faults_of(page: Page, tools: CDPSession, path: str, themes: tuple[str, str]) -> Iterator[str]:
    resize(tools, PHONE)
    page.goto(path)
    for size, rules, theme in ((PHONE, ALL_RULES, themes[0]), (DESKTOP, SEEN_RULES, themes[1])):
        resize(tools, size)
        for fault in page.evaluate(LOOK, [rules, theme]):
            yield f"{size['width']} {theme} {fault}"


@pytest.mark.timeout(1200)
@pytest.mark.parametrize("part", [SITE, DESK], ids=["site", "administration"])
def test_every_page_keeps_the_rules(
    browser: Browser, site: Site, part: Part, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(request, "send", lambda *message: True)
    whole = whole_site(site)
    walk = survey(whole, part)
    print(f"{len(walk.pages)} pages")
    assert walk.unreached == part.no_page, "give whole_site.py what the page needs"
    windows = {who: window_of(browser, client, site) for who, client in walk.clients.items()}
    tools = {who: page.context.new_cdp_session(page) for who, page in windows.items()}
    broken: list[str] = []
    for place, (who, path) in enumerate(walk.pages):
        themes = ("light", "dark") if place % 2 else ("dark", "light")
        found = faults_of(windows[who], tools[who], f"{site.address}{path}", themes)
        broken += [f"{who} {path} {fault}" for fault in found]
    for page in windows.values():
        page.context.close()
    assert broken == [], "\n".join(broken)

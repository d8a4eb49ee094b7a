"""Every page that anybody reaches: axe in light and dark, targets, and no scrolling sideways.

A new address is walked by itself; one from which none of the people here gets a page fails.
"""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from django.http.response import HttpResponseBase
from django.test import Client
from playwright.sync_api import Browser

from catalog.member_import import request
from catalog.models import MemberImport, Movie
from tests.browser.accessibility import ALL_RULES, BEST_PRACTICE, Eyes
from tests.browser.conftest import Site, client_of
from tests.browser.desk_addresses import DESK
from tests.browser.site_addresses import SITE, Part
from tests.browser.whole_site import WholeSite, give_factors, whole_site

pytestmark = pytest.mark.browser


@dataclass(frozen=True)
class Walk:
    """``clients`` by whom they are of; ``pages`` are who asks for which path."""

    clients: dict[str, Client]
    pages: list[tuple[str, str]]
    unreached: set[str]


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


def eyes_of(browser: Browser, client: Client, site: Site, part: Part) -> Eyes:
    made = Eyes(browser, ALL_RULES if part is DESK else BEST_PRACTICE)
    if session := client.cookies.get("sessionid"):
        cookie = {"name": "sessionid", "value": session.value, "url": site.address}
        made.context.add_cookies([cookie])
    return made


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
    everyone = {who: eyes_of(browser, one, site, part) for who, one in walk.clients.items()}
    broken: list[str] = []
    for place, (who, path) in enumerate(walk.pages):
        ours = everyone[who]
        ours.page.goto(f"{site.address}{path}")
        phone, desktop = ("light", "dark") if place % 2 else ("dark", "light")
        broken += [f"{who} {fault}" for fault in ours.look(phone, desktop, turn=True)]
    for ours in everyone.values():
        ours.context.close()
    assert broken == [], "\n".join(broken)

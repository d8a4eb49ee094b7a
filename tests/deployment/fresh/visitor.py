"""A person with a browser without JavaScript, who signs up, rates films, and comes back later.

    python -m tests.deployment.fresh.visitor join INVITATION MAILBOX
    python -m tests.deployment.fresh.visitor return ADDRESS

It needs no more than the site itself has installed, and prints what it saw as JSON.
"""

from __future__ import annotations

import json
import re
import sys
import time
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

import requests

NAME, ADDRESS = "ida", "ida@films.example"
PASSWORD = "a-long-and-calm-evening-42"
RATED = 12
MAIL_SECONDS = 60


class Visitor:
    """``home`` is the address of the site; nothing may lead to another place of its host."""

    def __init__(self, home: str) -> None:
        self.home = home
        self.session = requests.Session()
        self.loaded: dict[str, int] = {}

    def open(self, address: str) -> requests.Response:
        return self._stays(self.session.get(urljoin(self.home, address), timeout=60))

    def send(self, page: requests.Response, to: str, **fields: str) -> requests.Response:
        """The form of a page whose address has ``to`` in it, with what else stands in it."""
        forms = re.findall(r"<form\b(.*?)>(.*?)</form>", page.text, re.DOTALL)
        found = [one for one in forms if to in one[0] and 'method="get"' not in one[0]]
        if len(found) != 1:
            raise RuntimeError(f"{len(found)} forms of {page.url} lead to {to}")
        head, body = found[0]
        hidden = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', body)
        action = re.search(r'action="([^"]*)"', head)
        target = urljoin(page.url, unescape(action.group(1)) if action else "")
        origin = "{0.scheme}://{0.netloc}".format(urlsplit(page.url))
        headers = {"Origin": origin, "Referer": page.url}
        data = {name: unescape(value) for name, value in hidden} | fields
        return self._stays(self.session.post(target, data, headers=headers, timeout=60))

    def api(self, method: str, path: str, **more: Any) -> Any:
        [token] = [one.value for one in self.session.cookies if one.name.endswith("csrftoken")]
        headers = {"X-CSRFToken": str(token), "Referer": self.home}
        address = urljoin(self.home, f"api/v1/{path}")
        answer = self.session.request(method, address, headers=headers, timeout=120, **more)
        answer.raise_for_status()
        return answer.json()

    def _stays(self, answer: requests.Response) -> requests.Response:
        """The page, with what it loads; a ``RuntimeError`` where something leaves the site."""
        answer.raise_for_status()
        for one in (*answer.history, answer):
            self._belongs(one.url)
        for tag, place in re.findall(
            r'<(\w+)\b[^>]*? (?:href|src|action|hx-\w+|data-url)="(/[^"]*)"', answer.text
        ):
            address = urljoin(answer.url, unescape(place))
            self._belongs(address)
            if tag in ("link", "script", "img") and address not in self.loaded:
                self.loaded[address] = self.session.get(address, timeout=60).status_code
        if failed := {one: code for one, code in self.loaded.items() if code >= 400}:
            raise RuntimeError(f"{answer.url} loads what is not there: {failed}")
        return answer

    def _belongs(self, address: str) -> None:
        if not address.startswith(self.home):
            raise RuntimeError(f"{address} is outside of {self.home}")


def join(invitation: str, mailbox: Path) -> dict[str, Any]:
    """Sign up by an invitation, confirm the address by mail, rate films, ask for others."""
    visitor = Visitor(invitation.partition("accounts/")[0])
    form = visitor.open(invitation)
    visitor.send(form, "accounts/signup", username=NAME, email=ADDRESS, password1=PASSWORD)
    confirmation = visitor.open(link_in_mail(mailbox, "accounts/confirm-email/"))
    visitor.send(confirmation, "confirm-email")
    for film in visitor.api("GET", f"movies?limit={RATED}")["items"]:
        visitor.api("PUT", f"me/ratings/{film['id']}", json={"rating": 4.5})
    return seen_by(visitor)


def come_back(home: str) -> dict[str, Any]:
    visitor = Visitor(home)
    log_in(visitor)
    return seen_by(visitor)


def log_in(visitor: Visitor) -> None:
    page = visitor.send(
        visitor.open("accounts/login/?next=" + urlsplit(visitor.home).path + "ratings/"),
        "accounts/login",
        login=NAME,
        password=PASSWORD,
    )
    if not page.url.endswith("/ratings/"):
        raise RuntimeError(f"the log-in ended at {page.url}")


def seen_by(visitor: Visitor) -> dict[str, Any]:
    """Pages that a member opens, and what the API says to them."""
    for place in ("", "movies/", "watchlist/", "diary/", "accounts/profile/", "taste/"):
        visitor.open(place)
    top = visitor.api("GET", "me/recommendations?n=5")
    return {
        "ratings": visitor.api("GET", "me/ratings?limit=1")["count"],
        "version": top["version"],
        "recommended": [one["movie"]["title"] for one in top["items"]],
    }


def link_in_mail(mailbox: Path, part: str) -> str:
    """The first address with this part in a mail of the box, waited for."""
    deadline = time.monotonic() + MAIL_SECONDS
    while time.monotonic() < deadline:
        for mail in mailbox.glob("new/*"):
            text = mail.read_text(encoding="utf-8").replace("=\n", "").replace("=3D", "=")
            if found := re.search(rf"https://\S*{part}\S*", text):
                return found.group()
        time.sleep(0.5)
    raise RuntimeError(f"no mail with {part} came into {mailbox}")


if __name__ == "__main__":
    what, *arguments = sys.argv[1:]
    told = join(arguments[0], Path(arguments[1])) if what == "join" else come_back(arguments[0])
    print(json.dumps(told))

"""Members and a program that write all the time, and note what the site acknowledged."""

from __future__ import annotations

import random
import re
import threading
import time
from dataclasses import dataclass
from datetime import date, timedelta

import requests

from tests.faults.behaviour import PASSWORD
from tests.faults.chaos.ledger import Ledger

PATIENCE = 20
PAUSE = 0.05
FIRST_DAY = date(2015, 1, 1)
OF_MEMBERS = (
    "/",
    "/ratings/",
    "/seen/",
    "/hidden/",
    "/watchlist/",
    "/diary/",
    "/lists/",
    "/taste/",
)
OF_VISITORS = ("/", "/movies/", "/watch-next/", "/health/ready", "/api/v1/movies")


@dataclass
class Writer:
    """One that goes on whatever happens; a request without an answer is not tried again."""

    name: str
    address: str
    films: list[int]
    ledger: Ledger
    over: threading.Event
    statuses: dict[str, int]

    def __post_init__(self) -> None:
        self.random = random.Random(self.name)
        self.browser = requests.Session()
        self.turn = 0

    def run(self) -> None:
        while not self.over.is_set():
            self.turn += 1
            try:
                self.write()
            except requests.RequestException:
                time.sleep(0.2)
            time.sleep(PAUSE)

    def write(self) -> None:
        raise NotImplementedError

    def send(self, method: str, path: str, **options: object) -> requests.Response:
        answer = self.browser.request(
            method,
            self.address + path,
            timeout=PATIENCE,
            allow_redirects=False,
            **options,  # type: ignore[arg-type]
        )
        name = str(answer.status_code)
        if answer.status_code >= 400:
            name += f" {method} {re.sub(r'[0-9]+', 'N', path)}"
        self.statuses[name] = self.statuses.get(name, 0) + 1
        return answer


class Member(Writer):
    """Logs in when it has to, rates films, writes its diary, and reads its pages."""

    def write(self) -> None:
        if "sessionid" not in self.browser.cookies:
            self.log_in()
        elif self.turn % 5 == 0:
            self.send("GET", self.random.choice(OF_MEMBERS))
        elif self.turn % 4:
            self.rate()
        else:
            self.write_diary()

    def log_in(self) -> None:
        self.send("GET", "/accounts/login/")
        self.post("/accounts/login/", login=self.name, password=PASSWORD)

    def rate(self) -> None:
        film, half_stars = self.random.choice(self.films), self.random.randint(1, 10)
        key = f"{self.name} {film}"
        attempt = self.ledger.try_value(key, half_stars)
        if self.post(f"/movies/{film}/rate/", rating=str(half_stars / 2)):
            self.ledger.acknowledge_value(key, attempt)

    def write_diary(self) -> None:
        mark = f"{self.name} {self.turn}"
        self.ledger.try_adding(mark)
        film = self.random.choice(self.films)
        # An entry for each day: a second one of the same film and day would change the first.
        day = str(FIRST_DAY + timedelta(days=self.turn))
        if self.post(f"/movies/{film}/diary/", watched_on=day, note=mark):
            self.ledger.acknowledge_adding(mark)

    def post(self, path: str, **fields: str) -> bool:
        """Whether it was done: the site then sends the browser on, but not to the log-in."""
        token = self.browser.cookies.get("csrftoken", "")
        answer = self.send("POST", path, data={**fields, "csrfmiddlewaretoken": token})
        if answer.status_code == 302 and "/login" in answer.headers["Location"]:
            self.browser.cookies.clear()
            return False
        return answer.status_code == 302


class Program(Writer):
    """Rates by the API, with a token."""

    token = ""

    def write(self) -> None:
        film, half_stars = self.random.choice(self.films), self.random.randint(1, 10)
        key = f"{self.name} {film}"
        attempt = self.ledger.try_value(key, half_stars)
        answer = self.send(
            "PUT",
            f"/api/v1/me/ratings/{film}",
            json={"rating": half_stars / 2},
            headers={"Authorization": f"Bearer {self.token}"},
        )
        if answer.ok:
            self.ledger.acknowledge_value(key, attempt)


class Reader(Writer):
    """Looks at pages; nothing is noted but the status."""

    def write(self) -> None:
        self.send("GET", self.random.choice(OF_VISITORS))

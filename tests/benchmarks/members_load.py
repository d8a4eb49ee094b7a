"""Realistic members for locust: of 100 actions 60 browse, 15 search, 15 rate, 10 ask what is next.

``bench_members`` starts it and says in the file that MEMBERS_LOAD names who they are, what films
there are, how many members are there for how long, and where each request is written down.
"""

from __future__ import annotations

import csv
import itertools
import json
import os
import random
import time
from pathlib import Path
from typing import Any

from locust import FastHttpUser, LoadTestShape, between, events, task

LOAD: dict[str, Any] = json.loads(Path(os.environ["MEMBERS_LOAD"]).read_text(encoding="utf-8"))
TOKEN = "a" * 32
SORTS = ("", "best", "newest", "title", "predicted")
OWN = ("/ratings/", "/watchlist/", "/diary/", "/lists/", "/taste/")
NEXT = ("/", "/watch-next/", "/api/v1/me/recommendations")

_sessions = itertools.cycle(LOAD["sessions"])
_began: list[float] = []
_file = Path(LOAD["record"]).open("w", newline="", encoding="utf-8")  # noqa: SIM115 -- as long as locust
_record = csv.writer(_file)


class Member(FastHttpUser):
    """Does something every second or so, as fast readers do; first each a thing of another kind."""

    wait_time = between(*LOAD["pause"])
    insecure = False
    network_timeout = connection_timeout = 60.0

    def on_start(self) -> None:
        cookies = f"sessionid={next(_sessions)}; csrftoken={TOKEN}"
        self.headers = {"Cookie": cookies, "X-CSRFToken": TOKEN}
        self.random = random.Random(cookies)
        next(_first)(self)

    @task(60)
    def browse(self) -> None:
        kind = self.random.random()
        if kind < 0.5:
            key, path, _ = self.film()
            self.page("browse", path)
            self.fragment("browse", f"/movies/{key}/prediction/")
        elif kind < 0.75:
            page = self.random.randint(1, 5)
            self.page("browse", f"/movies/?sort={self.random.choice(SORTS)}&page={page}")
        elif kind < 0.9:
            self.page("browse", self.random.choice(OWN))
        else:
            self.page("browse", self.random.choice(LOAD["people"] or OWN))

    @task(15)
    def search(self) -> None:
        """Typed, with suggestions on the way, then asked for."""
        title = self.film()[2]
        for letters in (3, 8):
            self.fragment("search", "/search/", q=title[:letters])
        self.page("search", "/movies/", q=title)

    @task(15)
    def rate(self) -> None:
        key, _, _ = self.film()
        stars = str(self.random.randint(1, 10) / 2)
        self.ask("rate", "POST", f"/movies/{key}/rate/", data={"rating": stars})

    @task(10)
    def see_what_is_next(self) -> None:
        path = self.random.choice(NEXT)
        if path.startswith("/api/"):
            self.ask("recommendations", "GET", path)
        else:
            self.page("recommendations", path)

    def film(self) -> tuple[int, str, str]:
        key, path, title = self.random.choice(LOAD["films"])
        return key, path, title

    def page(self, kind: str, path: str, **parameters: str) -> None:
        """With what a browser then loads of the header by itself."""
        self.ask(kind, "GET", path, params=parameters)
        self.fragment(kind, "/notices/unread/")

    def fragment(self, kind: str, path: str, **parameters: str) -> None:
        self.ask(kind, "GET", path, params=parameters, headers={"HX-Request": "true"})

    def ask(self, kind: str, method: str, path: str, **options: Any) -> None:
        headers = {**self.headers, **options.pop("headers", {})}
        if method == "POST":
            headers["HX-Request"] = "true"
        with self.client.request(
            method,
            path,
            name=kind,
            headers=headers,
            catch_response=True,
            allow_redirects=False,
            **options,
        ) as answer:
            if answer.status_code not in (200, 204):
                answer.failure(f"{answer.status_code} {method} {path}")
            else:
                answer.success()


_first = itertools.cycle([Member.browse, Member.search, Member.rate, Member.see_what_is_next])


class Steps(LoadTestShape):
    """So many members for so many seconds, one step after the other."""

    def tick(self) -> tuple[int, float] | None:
        passed = self.get_run_time()
        for members, until in LOAD["steps"]:
            if passed < until:
                return members, float(members)
        return None


@events.test_start.add_listener
def note_the_begin(**_: object) -> None:
    _began.append(time.time())


@events.request.add_listener
def write_down(
    name: str, response_time: float, exception: object, start_time: float, **_: object
) -> None:
    """Seconds since the begin, kind, milliseconds, and what was wrong."""
    passed = round(start_time - _began[0], 3)
    _record.writerow([passed, name, round(response_time, 2), str(exception or "")])


@events.quitting.add_listener
def close(**_: object) -> None:
    _file.close()

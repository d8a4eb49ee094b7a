"""A member who brings a history, once, whatever happens meanwhile."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field

from tests.faults.chaos.writers import Member

MOST_ROWS = 40


@dataclass
class Importer(Member):
    """Uploads until it is told that the file came, and asks to apply until it is applied."""

    titles: list[tuple[str, int]] = field(default_factory=list)
    place: str = ""

    def __post_init__(self) -> None:
        super().__post_init__()
        self._done = threading.Event()

    @property
    def rows(self) -> int:
        return len(self.titles[:MOST_ROWS])

    @property
    def is_done(self) -> bool:
        return self._done.is_set()

    def wait(self, patience: float) -> None:
        self._done.wait(patience)

    def write(self) -> None:
        if "sessionid" not in self.browser.cookies:
            self.log_in()
        elif self.is_done:
            self.over.wait(1)
        elif not self.place:
            self.upload()
        else:
            self.apply()

    def upload(self) -> None:
        lines = [f'2024-01-02,"{title}",{year},,4' for title, year in self.titles[:MOST_ROWS]]
        content = "\n".join(["Date,Name,Year,Letterboxd URI,Rating", *lines])
        answer = self.send(
            "POST",
            "/import/",
            data={"csrfmiddlewaretoken": self.browser.cookies.get("csrftoken", "")},
            files={"file": ("ratings.csv", content.encode(), "text/csv")},
        )
        where = answer.headers.get("Location", "")
        if answer.status_code == 302 and "/login" in where:
            self.browser.cookies.clear()
        elif answer.status_code == 302:
            self.place = where

    def apply(self) -> None:
        page = self.send("GET", self.place).text
        if f"{self.place}undo/" in page:
            self._done.set()
        elif f"{self.place}apply/" in page:
            self.post(f"{self.place}apply/")
        self.over.wait(0.5)

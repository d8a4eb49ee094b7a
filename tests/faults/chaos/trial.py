"""One trial: members write, things break, and in the end the database is read."""

from __future__ import annotations

import json
import random
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg2
import requests

from tests.faults.behaviour import PASSWORD
from tests.faults.chaos.faults import Site, possible_faults
from tests.faults.chaos.importer import Importer
from tests.faults.chaos.ledger import Ledger
from tests.faults.chaos.logs import internal_errors
from tests.faults.chaos.writers import Member, Program, Reader, Writer
from tests.faults.local_run import LocalRun
from tests.faults.moved_clock import MovedClock

MEMBERS = ("chaos-ada", "chaos-bob")
PROGRAM, IMPORTER = "chaos-program", "chaos-importer"
RECOVERY = 90.0  # seconds within which the site must be ready after a fault
GIVEN_UP = 300.0  # seconds after which a trial ends without an outcome
BETWEEN = (0.5, 2.0)

SET_UP = f"""
from django.contrib.auth import get_user_model
from catalog.models import Movie
from moviesite.accounts.tokens import create_token
import json
users = get_user_model().objects
made = {{name: users.filter(username=name).first() or users.create_user(
    name, name + "@example.org", {PASSWORD!r}) for name in {(*MEMBERS, PROGRAM, IMPORTER)!r}}}
films = list(Movie.objects.order_by("pk").values_list("pk", "title", "year"))
print(json.dumps({{"token": create_token(made[{PROGRAM!r}], "chaos")[1], "films": films}}))
"""


class Trial:
    """The writers' films are the first of the catalog, the importer's all of it."""

    def __init__(
        self, run: LocalRun, *, disk: Path | None, seed: int, clock: MovedClock | None = None
    ) -> None:
        self.random = random.Random(seed)
        self.seed = seed
        self.site = Site(run.var, run.port, run, disk, self.random, clock)
        self.ledger = Ledger()
        self.over = threading.Event()
        self.stopped = threading.Event()  # after the fault of now
        self.statuses: dict[str, int] = {}
        self.address = f"http://127.0.0.1:{run.port}"

    def hold(self, faults: int, tell: Callable[[str], None] = lambda _: None) -> dict[str, Any]:
        """Do so many faults, or those until it is stopped; what came of it."""
        known = json.loads(self.site.run.manage("shell", "-v", "0", "-c", SET_UP).splitlines()[-1])
        writers, importer = self._writers(known["token"], known["films"])
        threads = [threading.Thread(target=one.run) for one in (*writers, importer)]
        for thread in threads:
            thread.start()
        done: Counter[str] = Counter()
        late: list[str] = []
        slowest = 0.0
        try:
            possible = possible_faults(self.site.disk, self.site.clock)
            names = self.random.choices(sorted(possible), k=faults)
            for number, name in enumerate(names, 1):
                if self.stopped.is_set():
                    break
                possible[name](self.site)
                done[name] += 1
                took = self._wait_until_ready(name, tell)
                slowest = max(slowest, took)
                if took > RECOVERY:
                    late.append(f"ready only {took:.0f} s after fault {number}, {name}")
                tell(f"{number}/{faults} {name}: ready after {took:.1f} s")
                time.sleep(self.random.uniform(*BETWEEN))
            importer.wait(RECOVERY)
        finally:
            self.over.set()
            for thread in threads:
                thread.join()
            if self.site.run.process.poll() is None:
                wrong = [*late, *self._wrong(importer)]
                status = self.site.run.end(signal.SIGINT)
        return {
            "seed": self.seed,
            "faults": dict(done),
            "asked": self.ledger.asked,
            "acknowledged": self.ledger.acknowledged,
            "imported": importer.rows if importer.is_done else None,
            "answers": dict(sorted(self.statuses.items())),
            "internal_errors": internal_errors(self.site.var / "log" / "web.log"),
            "slowest_recovery_seconds": round(slowest, 1),
            "left_out": self._left_out(),
            "exit_status": status,
            "wrong": wrong,
        }

    def _writers(self, token: str, films: list[Any]) -> tuple[list[Writer], Importer]:
        few = [pk for pk, _, _ in films[:12]]
        shared = (self.address, few, self.ledger, self.over, self.statuses)
        program = Program(PROGRAM, *shared)
        program.token = token
        writers: list[Writer] = [*(Member(name, *shared) for name in MEMBERS), program]
        writers.append(Reader("chaos-reader", *shared))
        importer = Importer(IMPORTER, *shared)
        importer.titles = [(title, year) for _, title, year in films]
        return writers, importer

    def _left_out(self) -> list[str]:
        here = {
            "fill the disk: none can be mounted here": self.site.disk,
            "jump the clock: there is libfaketime for Linux only": self.site.clock,
        }
        return [what for what, possible in here.items() if possible is None]

    def _wait_until_ready(self, fault: str, tell: Callable[[str], None]) -> float:
        """The seconds that it took; of a late one what was missing, and what the run said."""
        began = time.monotonic()
        missing = ""
        for patience in (RECOVERY, GIVEN_UP):
            while time.monotonic() - began < patience:
                try:
                    answer = requests.get(f"{self.address}/health/ready", timeout=10)
                    if answer.ok:
                        return time.monotonic() - began
                    missing = answer.text
                except requests.RequestException as error:
                    missing = repr(error)
                time.sleep(0.1)
            tell(f"not ready {patience:.0f} s after {fault}: {missing}\n{self.site.run.heard()}")
        raise AssertionError(f"not ready {GIVEN_UP:.0f} s after {fault}; seed {self.seed}")

    def _wrong(self, importer: Importer) -> list[str]:
        with closing(self.site.database()) as connection, connection.cursor() as cursor:
            rows = _rows(
                cursor,
                "SELECT u.username || ' ' || r.movie_id, r.half_stars FROM catalog_rating r"
                " JOIN accounts_user u ON u.id = r.user_id WHERE u.username LIKE 'chaos-%'",
            )
            wrong = self.ledger.wrong_values(dict(rows))
            notes = _rows(
                cursor,
                "SELECT note, count(*) FROM catalog_diaryentry"
                " WHERE note LIKE 'chaos-%' GROUP BY 1",
            )
            wrong += self.ledger.wrong_additions(dict(notes))
            sums = _rows(
                cursor,
                "SELECT m.id, m.rating_count, count(r.id) FROM catalog_movie m"
                " LEFT JOIN catalog_rating r ON r.movie_id = m.id GROUP BY 1, 2"
                " HAVING m.rating_count <> count(r.id)",
            )
            wrong += [f"film {pk} counts {counted}, has {has}" for pk, counted, has in sums]
            imported = _rows(
                cursor,
                "SELECT count(*) FROM catalog_rating r JOIN accounts_user u ON u.id = r.user_id"
                " WHERE u.username = 'chaos-importer'",
            )[0][0]
            if importer.is_done and imported != importer.rows:
                wrong.append(f"{imported} of {importer.rows} rows imported")
        return wrong


def _rows(cursor: psycopg2.extensions.cursor, query: str) -> list[Any]:
    cursor.execute(query)
    return list(cursor.fetchall())

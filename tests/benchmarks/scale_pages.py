"""What pages and ratings cost on a site of `bench_scale`: the visitor's time, and PostgreSQL's.

The latter is the processor time of its server process with all the processes that it started.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

VISITS = 300
FIRST = 20  # fill caches, and are not counted


def pages() -> dict[str, float]:
    """Of a member with forty ratings and live models: milliseconds of the median by the clock, and
    of PostgreSQL's processor time."""
    from django.conf import settings
    from django.core.management import call_command
    from django.test import Client
    from django.urls import reverse

    from .members_site import best_known, member, publish_models, session_of

    settings.ALLOWED_HOSTS = ["testserver"]
    call_command("collectstatic", interactive=False, verbosity=0)
    publish_models()
    films = best_known()
    client = Client()
    client.cookies["sessionid"] = session_of(member("bench-pages", films))
    home, visitor = reverse("home"), Visitor(client)
    film = [one.get_absolute_url() for one in films]
    rate = [f"/api/v1/me/ratings/{one.pk}" for one in films]
    found: dict[str, float] = {}
    for name, ask in (
        ("home", lambda visit: visitor.get(home)),
        ("film", lambda visit: visitor.get(film[visit % len(film)])),
        ("film_again", lambda visit: visitor.get(film[visit % len(film)])),
        ("rating", lambda visit: visitor.rate(rate[visit % len(rate)])),
    ):
        clock, database = asked(ask)
        found |= {f"{name}_ms": round(clock, 2), f"{name}_database_ms": round(database, 2)}
    return found


class Visitor:
    """Asks as a member, and fails where the answer is not what was asked for."""

    def __init__(self, client: Any) -> None:
        self._client = client

    def get(self, address: str) -> None:
        self._checked(self._client.get(address, secure=True))

    def rate(self, address: str) -> None:
        stars = {"rating": 4.5}
        answer = self._client.put(address, stars, content_type="application/json", secure=True)
        self._checked(answer)

    def _checked(self, answer: Any) -> None:
        if answer.status_code not in (200, 201):
            address = answer.request["PATH_INFO"]
            raise SystemExit(f"{address} answered {answer.status_code}")


def asked(ask: Callable[[int], None]) -> tuple[float, float]:
    """Milliseconds a visit: the median by the clock, and the mean of PostgreSQL's processor."""
    for visit in range(FIRST):
        ask(visit)
    waits = []
    before = database_seconds()
    for visit in range(FIRST, FIRST + VISITS):
        started = time.perf_counter()
        ask(visit)
        waits.append(time.perf_counter() - started)
    spent = database_seconds() - before
    return 1000 * statistics.median(waits), 1000 * spent / VISITS


def database_seconds() -> float:
    """What PostgreSQL has spent on the processor by now."""
    from django.db import connection

    from .bench_scale import spent_by

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (backend,) = cursor.fetchone()
    state = Path(f"/proc/{backend}/stat").read_text().rpartition(")")[2].split()
    return spent_by(int(state[1]))

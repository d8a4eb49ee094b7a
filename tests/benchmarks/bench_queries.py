"""Milliseconds that the database spends on each page of a visitor and of a member.

python -m tests.benchmarks.bench_queries [--site FOLDER] [--to FILE]

All films of The Movies Dataset, in FOLDER where they are kept (as for bench_members). Walks the
pages that links lead to, the film list in every order and with every filter, searches, and what the
API reads. Each is asked three times with an empty cache, of which the fastest counts: others work
on the machine too. The exit status is 1 where a page takes more than 300 ms.
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .fresh_site import kept_site
from .members_site import best_known, fill, member
from .places import data_folder

if TYPE_CHECKING:
    from django.test import Client

MOST_MS = 300.0
TIMES = 3
RATINGS = 200  # of the member
SHOWN = 15
SEARCHES = (
    *(
        "a",
        "the",
        "the m",
        "star wars",
        "godfather 1972",
        "lord of the rings",
        "shawshnk redemtion",
    ),
    *("tom hanks", "kurosawa", "hitchcok", "xqzw", "love " * 12, "2001", "é", "films like alien"),
    *("%%%", "the " * 25, "thee", "a 2000"),  # whose titles are all, or a third of all
)


@dataclass(frozen=True)
class Cost:
    """Of one page: milliseconds of all queries, their number, and the slowest one."""

    who: str
    address: str
    ms: float
    queries: int
    slowest: str


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--site", type=Path, help="where the site is kept; else a new one is made")
    parser.add_argument("--to", type=Path, help="a file for the figures as JSON")
    options = parser.parse_args()
    folder = options.site or Path(tempfile.mkdtemp(prefix="matinee-queries-"))
    with kept_site(folder) as (environment, _):
        environment |= {"MATINEE_VAR": str(folder), "LOG_LEVEL": "ERROR"}
        fill(environment, data_folder() / "movies-dataset-small")
        os.environ.update(environment, ALLOWED_HOSTS="testserver,localhost")
        import django

        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "moviesite.settings")
        django.setup()
        from django.test.utils import setup_test_environment

        setup_test_environment()  # a page tells the context that it was made of
        logging.disable(logging.WARNING)
        costs = [cost for who, client in visitors() for cost in costs_of(who, client)]
    costs.sort(key=lambda cost: -cost.ms)
    show(costs)
    if options.to:
        told = [vars(cost) for cost in costs]
        options.to.write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
    return 1 if costs[0].ms > MOST_MS else 0


def visitors() -> list[tuple[str, Client]]:
    """Nobody, and a member who has something of everything."""
    from datetime import date, timedelta

    from django.test import Client

    from catalog.models import DiaryEntry, MovieList
    from catalog.services import friends
    from catalog.services.diary import Viewing, write
    from catalog.services.lists import add_films, make_list
    from catalog.services.watchlist import set_hidden, set_watchlisted

    films = best_known()
    ada, ida = member("bench-ada", films, RATINGS), member("bench-ida", films, RATINGS)
    if not MovieList.objects.filter(user=ada).exists():
        add_films(make_list(user_id=ada.pk, title="Some"), [film.pk for film in films[:200]])
        friends.ask(ida.pk, ada.pk)
        friends.accept(ada.pk, ida.pk)
    if not DiaryEntry.objects.filter(user=ada).exists():
        for days, film in enumerate(films[500:800]):
            write(user_id=ada.pk, movie=film, viewing=Viewing(date.today() - timedelta(days)))
            set_watchlisted(user_id=ada.pk, movie=films[1000 + days], on=True)
            set_hidden(user_id=ada.pk, movie=films[1500 + days], on=True)
    client = Client()
    client.force_login(ada, "django.contrib.auth.backends.ModelBackend")
    return [("visitor", Client()), ("member", client)]


def costs_of(who: str, client: Client) -> Iterator[Cost]:
    from tests.moviesite.linked_pages import pages_from

    client.get("/")  # models are read, connections made
    linked = {address for address, _ in pages_from(client, "/", *some_films())}
    for address in sorted(linked | {*lists(client), *searches(), *of_api()}):
        yield min((cost_of(who, client, address) for _ in range(TIMES)), key=lambda one: one.ms)


def cost_of(who: str, client: Client, address: str) -> Cost:
    from django.core.cache import cache

    cache.clear()
    with queries() as asked:
        answer = client.get(address)
        if answer.streaming:
            b"".join(answer)
    if answer.status_code >= 500:
        raise RuntimeError(f"{address} answered {answer.status_code}")
    slowest = max(asked, default=(0.0, ""))
    total = sum(ms for ms, _ in asked)
    return Cost(who, address, round(total, 1), len(asked), f"{slowest[0]:.0f} ms {slowest[1]}")


@contextmanager
def queries() -> Iterator[list[tuple[float, str]]]:
    """What is asked within the block: milliseconds and text of each query."""
    from django.db import connection

    asked: list[tuple[float, str]] = []

    def timed(
        execute: Callable[..., Any], sql: str, params: object, many: bool, context: object
    ) -> Any:
        began = time.perf_counter()
        try:
            return execute(sql, params, many, context)
        finally:
            asked.append((1000 * (time.perf_counter() - began), sql))

    with connection.execute_wrapper(timed):
        yield asked


def some_films() -> list[str]:
    """The most rated one, one of the middle, and one that nobody rated."""
    from catalog.models import Movie

    films = Movie.objects.suitable().order_by("-rating_count", "pk")
    last = films.count() - 1
    return [films[place].get_absolute_url() for place in (0, last // 20, last)]


def lists(client: Client) -> Iterator[str]:
    """The film list in every order, its last page, and with each filter."""
    form = client.get("/movies/").context["form"]
    orders = [key for key, _ in form.fields["sort"].choices]
    for order in orders:
        yield from (f"/movies/?sort={order}", f"/movies/?sort={order}&page=100")
    for name, field in form.fields.items():
        if name not in ("q", "sort", "keyword"):
            for key in [key for key, _ in field.choices if key][:4]:
                yield f"/movies/?{name}={key}"
                yield f"/movies/?{name}={key}&sort=title&page=40"
                yield f"/movies/?{name}={key}&q=the"


def searches() -> Iterator[str]:
    from urllib.parse import quote

    for text in SEARCHES:
        yield f"/search/?q={quote(text)}"
        yield f"/movies/?q={quote(text)}"


def of_api() -> Iterator[str]:
    """Each address that the API's description says can be read."""
    from urllib.parse import quote

    from django.test import Client

    from catalog.models import Movie, Person

    keys = {
        "movie_id": Movie.objects.order_by("-rating_count").values_list("pk", flat=True)[0],
        "person_id": Person.objects.values_list("pk", flat=True).first() or 1,
    }
    described = Client().get("/api/v1/openapi.json").json()["paths"]
    for path, methods in described.items():
        names = [part.strip("{}") for part in path.split("/") if part.startswith("{")]
        if "get" in methods and set(names) <= set(keys):
            yield path.format(**keys)
    yield from ("/api/v1/movies?limit=100", "/api/v1/movies?offset=40000&limit=100")
    yield from (f"/api/v1/movies?search={quote(text)}&limit=100" for text in SEARCHES)


def show(costs: list[Cost]) -> None:
    late = sum(cost.ms > MOST_MS for cost in costs)
    print(f"{len(costs)} pages, {late} over {MOST_MS:.0f} ms of the database; the dearest:")
    print("| who | page | ms | queries | slowest query |\n| --- | --- | --- | --- | --- |")
    for cost in costs[:SHOWN]:
        slowest = " ".join(cost.slowest.split())[:160].replace("|", "¦")
        print(f"| {cost.who} | `{cost.address}` | {cost.ms:.0f} | {cost.queries} | {slowest} |")
    print(f"load average {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    sys.exit(main())

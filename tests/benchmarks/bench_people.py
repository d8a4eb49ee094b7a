"""Milliseconds that search and pages take with 45,000 films, 300,000 people and 500,000 credits.

python -m tests.benchmarks.bench_people

Made-up rows: names of the lengths and the repetitions of real ones, films as many a person has.
The target is 100 ms for the slowest search.
"""

import os
import random
import time
from collections.abc import Callable

import numpy as np

from .fresh_site import fresh_site

FILMS, PEOPLE, CREDITS = 45_000, 300_000, 500_000
TIMES = 60
STATIC = "django.contrib.staticfiles.storage.StaticFilesStorage"  # nothing was collected
FIRST_NAMES = "john mary anna peter maria james david robert li wei hiro carlos ana igor fatima"
SYLLABLES = "ka ru bi an der son ma li no vo sky fel mar tin ez go po ta ki lund berg star"


def main() -> None:
    with fresh_site() as environment:
        os.environ.update(environment)
        import django

        django.setup()
        fill()
        measure()


def fill() -> None:
    from django.db import connection

    from catalog.models import Movie, Person
    from catalog.postgres import Copier

    random.seed(7)
    first_names, syllables = FIRST_NAMES.split(), SYLLABLES.split()
    words = ["".join(random.choices(syllables, k=random.randint(2, 4))) for _ in range(8000)]
    names = [f"{random.choice(first_names)} {random.choice(words)}".title() for _ in range(PEOPLE)]
    titles = [" ".join(random.choices(words, k=random.randint(1, 4))).title() for _ in range(FILMS)]
    with connection.cursor() as cursor:
        copy = Copier(cursor)
        copy(
            "catalog_movie",
            (
                *("id", "title", "original_title", "search_title", "year", "overview", "tagline"),
                *("original_language", "status", "homepage", "poster_path", "rating_count"),
                *("half_star_sum", "created_at", "updated_at"),
            ),
            (
                (
                    *(n, title, "", Movie.folded_titles(title, ""), 1920 + n % 100, "", "", "en"),
                    *("", "", f"/poster{n}.jpg", 0, 0, "2026-01-01", "2026-01-01"),
                )
                for n, title in enumerate(titles, start=1)
            ),
        )
        copy(
            "catalog_person",
            ("id", "tmdb_id", "name", "search_name", "profile_path", "locked", "credit_count"),
            (
                (n, n, name, Person.folded_name(name), f"/p{n}.jpg", "f", 0)
                for n, name in enumerate(names, start=1)
            ),
        )
        pairs = {(1 + k % FILMS, 1 + int(PEOPLE * random.random() ** 2)) for k in range(CREDITS)}
        copy(
            "catalog_credit",
            ("movie_id", "person_id", "department", "job", "character", "position"),
            ((film, min(person, PEOPLE), "acting", "", "Role", 1) for film, person in pairs),
        )
        cursor.execute("SELECT setval('catalog_movie_id_seq', 1000000)")
        cursor.execute("VACUUM ANALYZE catalog_movie, catalog_person, catalog_credit")
    print(f"{len(pairs):,} credits")


def measure() -> None:
    from django.conf import settings
    from django.test import Client

    from catalog.models import Movie, Person
    from catalog.queries.answer import answer
    from catalog.queries.people import find_people

    names = list(Person.objects.filter(credit_count__gt=0).values_list("name", flat=True)[:40_000])
    busiest = Person.objects.order_by("-credit_count").values_list("name", flat=True)[:TIMES]
    queries = {
        "whole name": random.sample(names, TIMES),
        "surname": [name.split()[1] for name in random.sample(names, TIMES)],
        "first name": [random.choice(FIRST_NAMES.split()) for _ in range(TIMES)],
        "first letters": [name[: random.randint(3, 6)] for name in random.sample(names, TIMES)],
        "busiest": list(busiest),
        "misspelt": [misspelt(name) for name in random.sample(names, TIMES)],
        "misspelt surname": [misspelt(name.split()[1]) for name in random.sample(names, TIMES)],
        "nobody": [f"zq{number}x" for number in range(TIMES)],
    }

    def search(query: str) -> object:
        return answer(query, films=240, people=6, within=Movie.objects.suitable()).movies()

    print("                     p50 ms  p95 ms  max ms")
    for kind, asked in queries.items():
        report(f"people, {kind}", asked, lambda query: find_people(query, limit=6))
        report(f"all, {kind}", asked, search)
    settings.STORAGES["staticfiles"]["BACKEND"] = STATIC
    client = Client(headers={"Host": "localhost"})
    people = Person.objects.order_by("-credit_count")[:TIMES]
    films = Movie.objects.order_by("pk")[:TIMES]
    report("page of a person", [one.get_absolute_url() for one in people], client.get)
    report("page of a film", [one.get_absolute_url() for one in films], client.get)
    report("suggestions", [f"/search/?q={one.name}" for one in people], client.get)


def misspelt(name: str) -> str:
    """One letter in the midst of the last word is left out."""
    place = len(name) - 3
    return name[:place] + name[place + 1 :]


def report(what: str, asked: list[str], ask: Callable[[str], object]) -> None:
    ask(asked[0])
    times = []
    for query in asked:
        started = time.perf_counter()
        ask(query)
        times.append(1000 * (time.perf_counter() - started))
    p50, p95, most = np.percentile(times, [50, 95, 100])
    print(f"{what:20} {p50:7.1f} {p95:7.1f} {most:7.1f}")


if __name__ == "__main__":
    main()

"""Milliseconds that a search takes on the whole catalog of The Movies Dataset.

python -m tests.benchmarks.bench_search

Queries are made from the titles of rated films, the more rated the likelier: whole titles, their
first letters as somebody types them, two words, a title with its year, and titles with a slip of
the finger. The target is 50 ms at the 95th percentile of all. Then the same queries among a third
of the films, as a filter on predicted stars leaves them.
"""

import os
import random
import time
from collections import defaultdict
from collections.abc import Callable

import numpy as np

from .fresh_site import fresh_site, manage
from .places import data_folder

QUERIES = 200  # of each kind
SLIPS = "abcdefghijklmnopqrstuvwxyz"


def main() -> None:
    with fresh_site() as environment:
        manage(environment, "import_dataset", str(data_folder() / "movies-dataset-small"))
        os.environ.update(environment)
        import django

        django.setup()
        measure()


def measure() -> None:
    from catalog.models import Movie
    from catalog.predictions import only
    from catalog.queries.search import search_movies

    print(f"{Movie.objects.count():,} films")
    highest = Movie.objects.order_by("-pk").values_list("pk", flat=True)[0]
    third = np.packbits(np.arange(highest + 1) % 3 == 0, bitorder="little").tobytes()
    report("all films", search_movies)
    within = only(Movie.objects.suitable(), third)
    report("filtered", lambda query: search_movies(query, within=within))


def report(among: str, search: Callable[[str], object]) -> None:
    """Print the milliseconds of each kind of query."""
    from catalog.models import Movie

    random.seed(7)
    films = list(Movie.objects.exclude(rating_count=0).values_list("title", "year", "rating_count"))
    weights = [count for _, _, count in films]
    seconds: dict[str, list[float]] = defaultdict(list)
    search("warming up")
    for kind, make in KINDS.items():
        for title, year, _ in random.choices(films, weights, k=QUERIES):
            query = make(title, year)
            started = time.perf_counter()
            search(query)
            seconds[kind].append(time.perf_counter() - started)
    everything = [one for kind in seconds.values() for one in kind]
    print(f"{among:16}  p50 ms  p95 ms  max ms")
    for kind, times in [*seconds.items(), ("all", everything)]:
        p50, p95, most = np.percentile(np.array(times) * 1000, [50, 95, 100])
        print(f"{kind:16} {p50:7.1f} {p95:7.1f} {most:7.1f}")


def slip(title: str, _: int | None) -> str:
    place = random.randrange(len(title))
    kind = random.choice(("drop", "double", "change", "swap"))
    if kind == "swap" and place + 1 < len(title):
        return title[:place] + title[place + 1] + title[place] + title[place + 2 :]
    letter = {"drop": "", "double": title[place] * 2}.get(kind, random.choice(SLIPS))
    return title[:place] + letter + title[place + 1 :]


KINDS: dict[str, Callable[[str, int | None], str]] = {
    "whole title": lambda title, _: title,
    "first letters": lambda title, _: title[: random.randint(2, 10)],
    "two words": lambda title, _: " ".join(title.split()[-2:]),
    "with its year": lambda title, year: f"{title} {year or ''}",
    "misspelt": slip,
}

if __name__ == "__main__":
    main()

"""Seconds that the steps of a member's import of 50,000 rows take on The Movies Dataset.

python -m tests.benchmarks.bench_member_import

Three files: every film by its title and year, by its IMDb id, and 50,000 titles that no film has.
"""

import csv
import io
import itertools
import os
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from .fresh_site import fresh_site, manage
from .places import data_folder

ROWS = 50_000


def main() -> None:
    with fresh_site() as environment:
        manage(environment, "import_dataset", str(data_folder() / "movies-dataset-small"))
        os.environ.update(environment)
        import django

        django.setup()
        measure()


def measure() -> None:
    from django.contrib.auth import get_user_model

    from catalog.models import Movie

    user = get_user_model().objects.create_user("bench-member-import")
    films = list(Movie.objects.values_list("title", "year", "link__imdb_id"))
    repeated = list(itertools.islice(itertools.cycle(films), ROWS))
    letterboxd = ("Date", "Name", "Year", "Letterboxd URI", "Rating")
    imdb = ("Const", "Your Rating", "Date Rated", "Title")
    files = {
        "titles": table(letterboxd, (("2020-01-01", t, y, "", 4) for t, y, _ in repeated)),
        "IMDb ids": table(imdb, ((i, 7, "2020-01-01", t) for t, _, i in repeated)),
        "unknown titles": table(
            letterboxd,
            (("2020-01-01", f"{f[0]} {n} x", 1901, "", 4) for n, f in enumerate(repeated)),
        ),
    }
    try:
        for name, content in files.items():
            one(user.pk, name, content)
    finally:
        user.delete()


def one(user_id: int, name: str, content: bytes) -> None:
    from django.db import transaction

    from catalog.member_import import apply, match, outcomes, preview, store
    from catalog.member_import.read import read as read_file
    from catalog.member_import.undo import undo_import
    from catalog.models import MemberImport
    from catalog.models.member_import import ImportState

    print(f"{name}: {len(content) / 1e6:.1f} MB")
    job = MemberImport.objects.create(
        user_id=user_id, source="letterboxd", file_name="ratings.csv", state=ImportState.PREVIEW
    )
    with transaction.atomic():
        with timed("read"):
            read = read_file("ratings.csv", content)
        with timed("store"):
            store.store_rows(job, read)
        with timed("match"):
            match.match(job)
        with timed("suggest"):
            match.suggest(job, lambda done, total: None)
        with timed("settle"):
            outcomes.settle(job)
    with timed("preview"):
        counts = preview.summary(job)
        list(preview.rows_of(job, counts.first_to_show())[:30])
    with timed("apply"), transaction.atomic():
        apply.apply(job)
        job.state = ImportState.APPLIED
        job.save()
    print("  ", job.result)
    with timed("undo"), transaction.atomic():
        undo_import(job)


@contextmanager
def timed(what: str) -> Iterator[None]:
    start = time.perf_counter()
    yield
    print(f"   {what:8} {time.perf_counter() - start:6.2f} s", flush=True)


def table(header: Iterable[str], rows: Iterable[Iterable[object]]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(header)
    writer.writerows(rows)
    return text.getvalue().encode()


if __name__ == "__main__":
    main()

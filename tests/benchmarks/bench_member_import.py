"""Seconds and memory that the steps of a member's import of 50,000 rows take.

python -m tests.benchmarks.bench_member_import

On The Movies Dataset. Four files: every film by its title and year, by its IMDb id, a whole
history of stars, days and lists, and 50,000 titles that no film has. At last 10,000 rows wait, and
all films arrive at once.
"""

import csv
import io
import itertools
import os
import resource
import time
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from .fresh_site import fresh_site, manage
from .places import data_folder

ROWS = 50_000
WAIT = 10_000
LETTERBOXD = ("Date", "Name", "Year", "Letterboxd URI", "Rating")
DIARY = (*LETTERBOXD, "Rewatch", "Tags", "Watched Date")


def main() -> None:
    with fresh_site() as environment:
        manage(environment, "import_dataset", str(data_folder() / "movies-dataset-small"))
        os.environ.update(environment)
        import django

        django.setup()
        measure()


def measure() -> None:
    from django.contrib.auth import get_user_model

    from catalog.member_import import request
    from catalog.models import Movie

    def nobody(*message: object) -> bool:
        return True

    request.send = nobody  # this process is the worker
    films = list(Movie.objects.values_list("title", "year", "link__imdb_id"))
    repeated = list(itertools.islice(itertools.cycle(films), ROWS))
    imdb = ("Const", "Your Rating", "Date Rated", "Title")
    lost = ((f"{f[0]} {n} x", 1901) for n, f in enumerate(repeated))
    files = {
        "titles": table(LETTERBOXD, (("2020-01-01", t, y, "", 4) for t, y, _ in repeated)),
        "IMDb ids": table(imdb, ((i, 7, "2020-01-01", t) for t, _, i in repeated)),
        "a whole history": history(films),
        "unknown titles": table(LETTERBOXD, (("2020-01-01", t, y, "", 4) for t, y in lost)),
    }
    for name, content in files.items():
        user = get_user_model().objects.create_user(f"bench {name}")
        try:
            one(user.pk, name, content)
        finally:
            user.delete()
    arrive(films)


def history(films: list[tuple[str, int, str]]) -> bytes:
    """A fourth each: rated, watched, in the diary, and in lists of a thousand."""
    quarter = list(itertools.islice(itertools.cycle(films), ROWS // 4))
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        rated = (("2020-01-01", t, y, "", 4) for t, y, _ in quarter)
        archive.writestr("ratings.csv", table(LETTERBOXD, rated))
        seen = (("2020-01-01", t, y, "") for t, y, _ in quarter)
        archive.writestr("watched.csv", table(LETTERBOXD[:4], seen))
        days = (("2020-01-01", t, y, "", 3, "", "", "2019-12-31") for t, y, _ in quarter)
        archive.writestr("diary.csv", table(DIARY, days))
        for number in range(0, len(quarter), 1000):
            listed = (("2020-01-01", t, y, "") for t, y, _ in quarter[number : number + 1000])
            archive.writestr(f"lists/{number}.csv", table(LETTERBOXD[:4], listed))
    return buffer.getvalue()


def one(user_id: int, name: str, content: bytes) -> None:
    from catalog.member_import import preview, request
    from catalog.member_import.worker import work
    from catalog.models import MemberImport

    print(f"{name}: {len(content) / 1e6:.1f} MB")
    start = time.perf_counter()
    with timed("upload"):
        job = request.begin(user_id=user_id, file_name="export", content=content)
    with timed("read, match"):
        work(job.pk)
    job = MemberImport.objects.get(pk=job.pk)
    with timed("preview"):
        counts = preview.summary(job)
        list(preview.rows_of(job, counts.first_to_show())[:30])
    with timed("apply"):
        assert request.ask_apply(job, "newest"), job.report
        work(job.pk)
    print(f"   {'together':12} {time.perf_counter() - start:6.2f} s")
    job = MemberImport.objects.get(pk=job.pk)
    print("  ", job.result)
    with timed("undo"):
        request.ask_undo(job)
        work(job.pk)
    print(f"   memory: worker {megabytes(resource.RUSAGE_SELF)} MB,", end=" ")
    print(f"its reader {megabytes(resource.RUSAGE_CHILDREN)} MB")


def arrive(films: list[tuple[str, int, str]]) -> None:
    """10,000 rows wait in ten imports, half of them with ids, and then all films are there."""
    from django.contrib.auth import get_user_model
    from django.utils import timezone

    from catalog.folding import fold
    from catalog.models import ImportRow, MemberImport
    from catalog.services.waiting_rows import apply_waiting, films_waited_for

    known = [film for film in films if film[1]]
    for number in range(10):
        user = get_user_model().objects.create_user(f"bench waits {number}")
        job = MemberImport.objects.create(
            user=user, source="imdb", file_name="x", state="applied", applied_at=timezone.now()
        )
        ImportRow.objects.bulk_create(
            ImportRow(member_import=job, position=place, file="x", line=place, kind="rating",
                      half_stars=8, outcome="waiting", title=title, folded=fold(title), year=year,
                      imdb_id=imdb_id if place % 2 else None)
            for place, (title, year, imdb_id) in enumerate(known[: WAIT // 10])
        )  # fmt: skip
    print(f"{WAIT} rows wait")
    with timed("wanted"):
        films_waited_for(100)
    with timed("arrive"):
        print("  ", apply_waiting(None), "rows of 10 members applied")


def megabytes(who: int) -> int:
    return resource.getrusage(who).ru_maxrss // 1024


@contextmanager
def timed(what: str) -> Iterator[None]:
    start = time.perf_counter()
    yield
    print(f"   {what:12} {time.perf_counter() - start:6.2f} s", flush=True)


def table(header: Iterable[str], rows: Iterable[Iterable[object]]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(header)
    writer.writerows(rows)
    return text.getvalue().encode()


if __name__ == "__main__":
    main()

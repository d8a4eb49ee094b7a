"""One stage of :mod:`tests.benchmarks.bench_scale` on a site, in a process of its own.

python -m tests.benchmarks.scale_site copy|snapshot|site|pages
"""

import json
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager

import django

from .scale_pages import pages

COLUMNS = "id, user_id, movie_id, half_stars, rated_at, updated_at"
IN_ORDER = f"SELECT {COLUMNS} FROM catalog_rating ORDER BY id"  # noqa: S608
LARGE = 5000  # ratings of the member who leaves


def copy() -> dict[str, float]:
    """A bare COPY of the ratings that there are, in their order, into a table indexed alike."""
    from django.db import connection

    with tempfile.TemporaryFile() as file, connection.cursor() as cursor:
        cursor.copy_expert(f"COPY ({IN_ORDER}) TO STDOUT", file)
        file.seek(0)
        cursor.execute("CREATE TABLE bare_rating (LIKE catalog_rating INCLUDING ALL)")
        started = time.perf_counter()
        cursor.copy_expert(f"COPY bare_rating ({COLUMNS}) FROM STDIN", file, 1 << 16)
        seconds = time.perf_counter() - started
        rows = cursor.rowcount
        cursor.execute("SELECT pg_table_size('bare_rating'), pg_indexes_size('bare_rating')")
        table, indexes = cursor.fetchone()
        cursor.execute("DROP TABLE bare_rating")
    return {
        "copy_seconds": seconds,
        "rows": rows,
        "table_gb": round(table / 1e9, 2),
        "indexes_gb": round(indexes / 1e9, 2),
    }


def snapshot() -> dict[str, float]:
    from recommender.data.snapshot import take_snapshot

    started = time.perf_counter()
    taken = take_snapshot()
    seconds = time.perf_counter() - started
    kept = (taken.user_ids, taken.movie_ids, taken.half_stars, taken.rated_at)
    return {
        "snapshot_seconds": seconds,
        "bytes_a_rating": sum(column.nbytes for column in kept) / max(1, len(taken)),
    }


def site() -> dict[str, float]:
    """What the site does with ratings beside pages: milliseconds each."""
    found: dict[str, float] = {}
    _decide(found)
    _recount(found)
    _leave(found)
    return found


@contextmanager
def timed(found: dict[str, float], name: str) -> Iterator[None]:
    started = time.perf_counter()
    yield
    found[name] = round(1000 * (time.perf_counter() - started), 1)


def _decide(found: dict[str, float]) -> None:
    from recommender import kinds
    from recommender.models import RetrainingPolicy
    from recommender.runs.schedule_inputs import decide_about, observe_all

    policy = RetrainingPolicy.current()
    for name in ("decision_first_ms", "decision_ms"):
        with timed(found, name):
            for kind, seen in observe_all(kinds.names(), policy).items():
                decide_about(kind, seen, policy)


def _recount(found: dict[str, float]) -> None:
    """Each film's count and sum from the ratings, which must be those that its row has."""
    from django.db import connection

    with timed(found, "aggregates_checked_ms"), connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT count(*) FROM catalog_movie m LEFT JOIN (
                SELECT movie_id, count(*) AS n, sum(half_stars) AS s
                FROM catalog_rating GROUP BY movie_id) r ON r.movie_id = m.id
            WHERE (m.rating_count, m.half_star_sum) <> (coalesce(r.n, 0), coalesce(r.s, 0))
            """
        )
        (wrong,) = cursor.fetchone()
    if wrong:
        raise SystemExit(f"the sums of {wrong} films are not those of their ratings")


def _leave(found: dict[str, float]) -> None:
    """A member with thousands of ratings joins, rates and deletes the account."""
    from datetime import timedelta

    from django.contrib.auth import get_user_model
    from django.utils import timezone

    from catalog.models import Movie
    from catalog.services.ratings import RatedFilm, rate_many
    from moviesite.accounts.deletion import delete_account

    films = Movie.objects.order_by("-rating_count").values_list("pk", flat=True)[:LARGE]
    member = get_user_model().objects.create_user("leaver", "leaver@example.org")
    now = timezone.now()
    ratings = [RatedFilm(pk, 8, now - timedelta(minutes=n)) for n, pk in enumerate(films)]
    with timed(found, "rated_5000_ms"):
        rate_many(member.pk, new=ratings)
    with timed(found, "left_5000_ms"):
        delete_account(member)


STAGES = {"copy": copy, "snapshot": snapshot, "site": site, "pages": pages}


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "moviesite.settings")
    django.setup()
    print(json.dumps(STAGES[sys.argv[1]]()))


if __name__ == "__main__":
    main()

"""A worker killed in the middle of a member's import: nothing half-written, nothing lost."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from django.utils import timezone

from catalog.member_import import request
from catalog.member_import.cleanup import clean_up
from catalog.models import ImportRow, MemberImport, Movie, Rating, WatchlistEntry
from catalog.services.imported_rows import WRITE_LOCK
from tests.catalog.member_import.exports import zipped
from tests.faults.conftest import Processes, wait_until

WAITS_FOR_LOCK = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
HEADER = "Date,Name,Year,Letterboxd URI"


@pytest.fixture
def write_lock() -> Iterator[None]:
    """As if another import were writing, so that a worker stops in the middle of its own."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [WRITE_LOCK])
    yield
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_unlock_all()")


def in_state(job: MemberImport, state: str) -> bool:
    return MemberImport.objects.filter(pk=job.pk, state=state).exists()


def somebody_waits() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(WAITS_FOR_LOCK)
        return bool(cursor.fetchone()[0])


def test_killed_while_writing(processes: Processes, write_lock: None) -> None:
    user = get_user_model().objects.create_user("ada")
    films = list(Movie.objects.order_by("pk")[:20])
    rated = "".join(f"2020-01-01,{film.title},{film.year},x,4\n" for film in films[:10])
    listed = "".join(f"2020-01-01,{film.title},{film.year},x\n" for film in films[10:])
    content = zipped(
        {"ratings.csv": f"{HEADER},Rating\n{rated}", "watchlist.csv": f"{HEADER}\n{listed}"}
    )
    worker = processes.worker("first", "default")
    job = request.begin(user_id=user.pk, file_name="letterboxd.zip", content=content)
    wait_until(lambda: in_state(job, "preview"))

    request.ask_apply(job, "newest")
    wait_until(somebody_waits)
    processes.kill(worker)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_unlock_all()")
    wait_until(lambda: not somebody_waits())
    assert in_state(job, "applying")
    assert not Rating.objects.filter(user=user).exists()
    assert not ImportRow.objects.filter(written=True).exists()

    processes.worker("second", "default")
    long_ago = timezone.now() - timedelta(minutes=2)
    MemberImport.objects.filter(pk=job.pk).update(sent_at=long_ago)
    clean_up()
    wait_until(lambda: in_state(job, "applied"))
    assert Rating.objects.filter(user=user, half_stars=8).count() == 10
    assert WatchlistEntry.objects.filter(user=user).count() == 10

"""A back-up while members rate and models are trained: what is restored is of one moment."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.db import connection, transaction
from django.utils import timezone

from catalog.models import Movie
from catalog.services.ratings import rate
from moviesite.accounts.models import User
from moviesite.backup.create import create_backup
from recommender.models import ModelVersion
from tests.faults.conftest import wait_until

from .conftest import PASSPHRASE, Manage, connected_to

WRITERS = 3
FILMS_EACH = 4


class Writer(threading.Thread):
    """Repeats one write; ``done`` counts those that were acknowledged."""

    def __init__(self, write: Callable[[int], None]) -> None:
        super().__init__(daemon=True)
        self._write, self.done, self.failure = write, 0, ""
        self.told_to_stop = threading.Event()

    def run(self) -> None:
        try:
            while not self.told_to_stop.is_set():
                self._write(self.done)
                self.done += 1
        except Exception as error:  # noqa: BLE001  whatever it is, the test must tell it
            self.failure = repr(error)
        finally:
            connection.close()


@contextmanager
def writing(*writes: Callable[[int], None]) -> Iterator[list[Writer]]:
    writers = [Writer(write) for write in writes]
    for writer in writers:
        writer.start()
    try:
        yield writers
    finally:
        for writer in writers:
            writer.told_to_stop.set()
        for writer in writers:
            writer.join(60)


def more(writers: list[Writer], count: int) -> None:
    """Until each has written so often again, or one of them has failed."""
    wanted = [writer.done + count for writer in writers]
    wait_until(
        lambda: (
            any(one.failure for one in writers)
            or all(one.done >= count for one, count in zip(writers, wanted, strict=True))
        )
    )


def rate_as_a_pair(films: list[Movie], ida: User, eve: User) -> Callable[[int], None]:
    """Both give a film the same stars, other ones each time, in one transaction."""

    def write(turn: int) -> None:
        film = films[turn % len(films)]
        with transaction.atomic():
            for member in (ida, eve):
                rate(user_id=member.pk, movie=film, half_stars=1 + turn % 10)

    return write


def keep_model(turn: int) -> None:
    """As a training does: the files first, then the row that names them."""
    name = f"stars/written-{turn}"
    storages["artifacts"].save(f"{name}/factors.bin", ContentFile(b"f" * 10_000))
    ModelVersion.objects.create(kind="factorization", artifact=name, trained_at=timezone.now())


def test_what_is_restored_is_of_one_moment(
    site: None, tmp_path: Path, empty_machine: dict[str, str], manage: Manage
) -> None:
    """
    GIVEN members who rate in pairs, and a training that keeps models, without a pause
    WHEN the site is backed up in the midst of it, and restored elsewhere
    THEN no pair is torn, sums agree with ratings, what was acknowledged before is there, and so
        are the files of every model that is named
    """
    members = [User.objects.create_user(name, f"{name}@matinee.example") for name in ("ada", "bob")]
    films = [Movie.objects.create(title=f"Film {n}") for n in range(WRITERS * FILMS_EACH)]
    pairs = [rate_as_a_pair(films[place::WRITERS], *members) for place in range(WRITERS)]
    with writing(*pairs, keep_model) as writers:
        more(writers, 2 * FILMS_EACH)
        acknowledged = [writer.done for writer in writers]
        path = create_backup(tmp_path / "kept", PASSPHRASE)
        more(writers, FILMS_EACH)
    assert [writer.failure for writer in writers if writer.failure] == []

    done = manage("restore", str(path))
    assert done.returncode == 0, done.stderr
    database = empty_machine["DATABASE_NAME"]
    torn = (
        "SELECT movie_id FROM catalog_rating WHERE movie_id = ANY(%s)"
        " GROUP BY movie_id HAVING count(*) <> 2 OR min(half_stars) <> max(half_stars)"
    )
    assert rows(database, torn, [film.pk for film in films]) == []
    assert len(rows(database, "SELECT DISTINCT movie_id FROM catalog_rating")) >= len(films)
    wrong_sums = (
        "SELECT m.id FROM catalog_movie m LEFT JOIN catalog_rating r ON r.movie_id = m.id"
        " GROUP BY m.id HAVING m.rating_count <> count(r.id)"
        " OR m.half_star_sum <> coalesce(sum(r.half_stars), 0)"
    )
    assert rows(database, wrong_sums) == []
    named = [name for (name,) in rows(database, "SELECT artifact FROM recommender_modelversion")]
    assert len(named) >= acknowledged[-1]
    there = Path(empty_machine["MATINEE_VAR"]) / "artifacts"
    assert [name for name in named if not (there / name / "factors.bin").exists()] == []
    for model in range(writers[-1].done + 1):
        storages["artifacts"].delete(f"stars/written-{model}/factors.bin")


def rows(database: str, statement: str, *values: object) -> list[tuple[object, ...]]:
    with connected_to(database) as connected, connected.cursor() as cursor:
        cursor.execute(statement, values or None)
        found: list[tuple[object, ...]] = cursor.fetchall()
        return found

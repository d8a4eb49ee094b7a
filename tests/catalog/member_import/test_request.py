"""Limits on what a member may upload, and answers about a file."""

import threading
import time
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AbstractUser
from django.db import connection, connections, transaction

from catalog.member_import import request
from catalog.member_import.worker import work
from catalog.models import ImportPiece, MemberImport, Movie, Rating, SeenMovie, WatchlistEntry
from catalog.services import imported_rows
from moviesite.accounts.deletion import delete_account
from moviesite.accounts.models import User

from . import exports
from .conftest import Load, applied, worked

LIST = exports.IMDB_WATCHLIST
HEADER = "Date,Name,Year,Letterboxd URI,Rating\n"


def test_a_large_file_lies_in_pieces(ada: AbstractUser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(request, "PIECE_BYTES", 100)
    content = exports.LETTERBOXD_RATINGS.encode()
    job = request.begin(user_id=ada.pk, file_name="ratings.csv", content=iter([content]))
    assert ImportPiece.objects.count() == -(-len(content) // 100)
    assert worked(job).report["rows"] == 3


def test_uploads_are_throttled(ada: AbstractUser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(request, "UPLOADS_AN_HOUR", 2)
    for _ in range(2):
        request.begin(user_id=ada.pk, file_name="a.csv", content=b"a")
    MemberImport.objects.all().delete()
    with pytest.raises(request.TooManyUploadsError):
        request.begin(user_id=ada.pk, file_name="a.csv", content=b"a")
    eve = get_user_model().objects.create_user("eve")
    request.begin(user_id=eve.pk, file_name="a.csv", content=b"a")


def in_threads(*actions: Any) -> None:
    def run(action: Any) -> None:
        try:
            action()
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=[action]) for action in actions]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not any(thread.is_alive() for thread in threads)


@pytest.mark.django_db(transaction=True)
def test_three_imports_are_open_however_many_begin_at_once(ada: AbstractUser) -> None:
    refused: list[bool] = []

    def begin() -> None:
        try:
            request.begin(user_id=ada.pk, file_name="a.csv", content=b"a,b\n")
        except request.TooManyImportsError:
            refused.append(True)

    in_threads(*[begin] * 8)
    assert MemberImport.objects.count() == request.MOST_OPEN
    assert len(refused) == 8 - request.MOST_OPEN


@pytest.mark.django_db(transaction=True)
def test_an_account_deleted_in_the_middle_of_an_import_is_gone(
    load: Load, matrix: Movie, ada: AbstractUser
) -> None:
    job = load(HEADER + "2020-05-01,The Matrix,1999,x,4.5\n")
    request.ask_apply(job, "newest")
    user = User.objects.get(pk=ada.pk)
    with transaction.atomic(), connection.cursor() as cursor:
        # As if another import were writing: this one stops in the middle, with its locks.
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [imported_rows.WRITE_LOCK])
        threads = [
            threading.Thread(target=lambda act=act: (act(), connections.close_all()))
            for act in (lambda: work(job.pk), lambda: delete_account(user))
        ]
        threads[0].start()
        _wait_for("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
        threads[1].start()
        _wait_for("SELECT count(*) FROM pg_locks WHERE locktype = 'transactionid' AND NOT granted")
    for thread in threads:
        thread.join(60)
        assert not thread.is_alive()
    assert not get_user_model().objects.filter(pk=ada.pk).exists()
    assert not Rating.objects.exists()
    assert not MemberImport.objects.exists()
    work(job.pk)


def _wait_for(statement: str) -> None:
    end = time.monotonic() + 30
    while time.monotonic() < end:
        with connection.cursor() as cursor:
            cursor.execute(statement)
            if cursor.fetchone()[0]:
                return
        time.sleep(0.05)
    raise AssertionError("nobody waits")


@pytest.mark.parametrize(
    ("use", "model"), [("watchlist", WatchlistEntry), ("seen", SeenMovie), ("list", None)]
)
def test_a_list_of_no_known_use_is_asked_about(
    load: Load, cinema: list[Movie], ada: AbstractUser, use: str, model: Any
) -> None:
    job = load(LIST, "in-the-cinema.csv")
    (question,) = job.open_questions
    assert not request.ask_apply(job, "newest"), "not before it is answered"
    assert request.answer(job, {str(question["key"]): use, "nonsense": "x"})
    job = applied(worked(job))
    assert not job.open_questions
    assert not job.pieces.exists()
    assert Rating.objects.get(user=ada).half_stars == 9, "the stars in it are taken anyway"
    if model is not None:
        titles = set(model.objects.filter(user=ada).values_list("movie__title", flat=True))
        assert "Alien" in titles
    else:
        (made,) = ada.movie_lists.all()  # type: ignore[attr-defined]
        assert made.title == "In the cinema"
        notes = made.entries.values_list("movie__title", "note")
        assert list(notes) == [("Alien", ""), ("The Matrix", "seen")]


def test_the_order_of_days_is_asked_once_for_a_file(load: Load, cinema: list[Movie]) -> None:
    content = HEADER + "03/04/2020,The Matrix,1999,x,4\n05/06/2021,Alien,1979,x,4\n"
    job = load(content)
    (question,) = job.open_questions
    assert question["examples"] == ["03/04/2020", "05/06/2021"]
    for order, month in (("day-first", 4), ("month-first", 3), ("left-out", None)):
        assert request.answer(job, {str(question["key"]): order})
        job = worked(job)
        at = job.rows.get(title="The Matrix").happened_at
        assert (at and at.month) == month
    assert job.rows.count() == 2, "no row is lost"


def test_columns_that_were_guessed_can_be_put_right(load: Load, cinema: list[Movie]) -> None:
    job = load("movie,score,year,date\nHeat,4,1995,2020-01-02\n", "mine.csv")
    assert (job.source, job.open_questions) == ("table", [])
    assert job.rows.get().half_stars == 8
    (question,) = job.report["questions"]
    key = question["key"]
    told = {f"{key}:0": "title", f"{key}:1": "rating", f"{key}:2": "year", f"{key}:3": "watched_on"}
    assert request.answer(job, {**told, f"{key}:scale": "10"})
    job = worked(job)
    said = {row.kind: (row.half_stars, row.watched_on) for row in job.rows.all()}
    assert said["rating"] == (4, None)
    assert str(said["diary"][1]) == "2020-01-02"
    assert not request.answer(applied(job), {f"{key}:scale": "5"}), "it is too late now"

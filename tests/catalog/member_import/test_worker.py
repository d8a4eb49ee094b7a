"""Workers that die, messages that are lost or come twice, and what the sweep does."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import AbstractUser
from django.db import connection, transaction
from django.utils import timezone
from django_celery_beat.models import PeriodicTask

from catalog import tasks
from catalog.member_import import request, worker
from catalog.member_import.cleanup import PREVIEW_DAYS, UNDO_DAYS, clean_up
from catalog.member_import.worker import MOST_ATTEMPTS, work
from catalog.models import ImportRow, MemberImport, Movie, Rating, WatchlistEntry
from catalog.services import imported_rows

from . import exports
from .conftest import Load, applied, undone


def aged(job: MemberImport, **times: timedelta) -> None:
    now = timezone.now()
    values = {name: now - age for name, age in times.items()}
    MemberImport.objects.filter(pk=job.pk).update(**values)


class Killed(BaseException):
    """What a killed worker looks like from inside."""


def test_a_failure_in_the_middle_leaves_everything_as_it_was(
    load: Load, cinema: list[Movie], monkeypatch: pytest.MonkeyPatch
) -> None:
    job = load(exports.LETTERBOXD_ZIP, "letterboxd.zip")
    request.ask_apply(job, "newest")
    with monkeypatch.context() as patched:
        patched.setattr(imported_rows, "COUNT", "SELECT 1 / 0")
        with pytest.raises(Exception, match="division by zero"):
            work(job.pk)
    assert not Rating.objects.exists()
    assert not WatchlistEntry.objects.exists()
    assert not ImportRow.objects.filter(written=True).exists()
    assert MemberImport.objects.get(pk=job.pk).state == "applying"
    work(job.pk)
    assert MemberImport.objects.get(pk=job.pk).state == "applied"
    assert Rating.objects.count() == 4


def test_after_three_failures_it_is_the_members_turn_again(
    load: Load, cinema: list[Movie], monkeypatch: pytest.MonkeyPatch
) -> None:
    job = load(exports.LETTERBOXD_RATINGS)
    request.ask_apply(job, "newest")

    def die(job: MemberImport) -> None:
        raise Killed

    monkeypatch.setitem(worker.STEPS, "applying", die)
    for _ in range(MOST_ATTEMPTS):
        with pytest.raises(Killed):
            work(job.pk)
    work(job.pk)
    job.refresh_from_db()
    assert job.state == "preview"
    assert job.report["trouble"] is True
    monkeypatch.undo()
    assert applied(job).state == "applied"


def test_a_file_that_kills_its_reader_is_refused(
    ada: AbstractUser, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = exports.LETTERBOXD_RATINGS.encode()
    job = request.begin(user_id=ada.pk, file_name="ratings.csv", content=content)
    MemberImport.objects.filter(pk=job.pk).update(attempts=MOST_ATTEMPTS)
    work(job.pk)
    job.refresh_from_db()
    assert (job.state, job.report["refusal"]["code"]) == ("refused", "gave-up")


@pytest.mark.django_db(transaction=True)
def test_a_message_that_comes_twice_finds_the_import_locked(
    load: Load, cinema: list[Movie]
) -> None:
    job = load(exports.LETTERBOXD_RATINGS)
    request.ask_apply(job, "newest")
    other = connection.copy()
    try:
        with transaction.atomic():
            MemberImport.objects.select_for_update().get(pk=job.pk)
            with other.cursor() as cursor:  # what the second worker asks
                cursor.execute(
                    "SELECT id FROM catalog_memberimport WHERE id = %s FOR UPDATE SKIP LOCKED",
                    [job.pk],
                )
                assert cursor.fetchall() == []
    finally:
        other.close()
    work(job.pk)
    assert MemberImport.objects.get(pk=job.pk).attempts == 1


def test_characters_that_no_database_takes(load: Load, cinema: list[Movie]) -> None:
    entry = exports.trakt_entry(rated_at="2020-01-01", rating=8)
    entry["movie"] = {"title": "A\x00li\ud800en", "year": 1979, "ids": {}}
    evil = exports.trakt_entry(rated_at="\x00\ud800", rating="\ud800\x00")
    job = load(json.dumps([entry, evil]), "ratings-movies.json")
    assert [(row.title, row.movie_id) for row in job.rows.all()] == [("Alien", cinema[2].pk)]
    assert job.report["problem_count"] == 1


def test_the_time_of_sending_is_noted_before_a_worker_may_lock_the_row(
    load: Load, cinema: list[Movie], monkeypatch: pytest.MonkeyPatch
) -> None:
    job = load(exports.LETTERBOXD_RATINGS)
    noted: list[bool] = []

    def work_at_once(task: str, import_id: int) -> bool:
        noted.append(MemberImport.objects.get(pk=import_id).sent_at is not None)
        return True

    MemberImport.objects.update(sent_at=None)
    monkeypatch.setattr(request, "send", work_at_once)
    request.deliver(job.pk)
    assert noted == [True]


def test_lost_messages_are_sent_again(
    load: Load, cinema: list[Movie], ada: AbstractUser, sent: list[Any]
) -> None:
    content = exports.LETTERBOXD_RATINGS.encode()
    never, lately, lost = (
        request.begin(user_id=ada.pk, file_name="ratings.csv", content=content) for _ in range(3)
    )
    aged(lately, sent_at=timedelta(seconds=5))
    aged(lost, sent_at=timedelta(minutes=2))
    clean_up()
    assert [message[1] for message in sent] == [lost.pk, never.pk]
    for job in (never, lately, lost):
        work(job.pk)
    sent.clear()
    clean_up()
    assert sent == [], "they wait for the member now"


def test_what_nobody_came_back_for_is_removed(load: Load, cinema: list[Movie]) -> None:
    old = timedelta(days=PREVIEW_DAYS, minutes=1)
    forgotten, fresh = load(exports.LETTERBOXD_RATINGS), load(exports.IMDB_RATINGS)
    refused = load('Date,Name,Year,Letterboxd URI,Rating\n2020-01-01,"')
    aged(forgotten, changed_at=old)
    aged(refused, changed_at=old)
    clean_up()
    assert list(MemberImport.objects.all()) == [fresh]
    assert set(ImportRow.objects.values_list("member_import", flat=True)) == {fresh.pk}


def test_an_import_can_be_undone_for_a_month(load: Load, cinema: list[Movie]) -> None:
    kept = applied(load(exports.LETTERBOXD_RATINGS))
    gone = applied(load(exports.LETTERBOXD_WATCHLIST, "watchlist.csv"))
    aged(gone, changed_at=timedelta(days=UNDO_DAYS, minutes=1))
    aged(kept, changed_at=timedelta(days=UNDO_DAYS - 1))
    clean_up()
    assert list(MemberImport.objects.all()) == [kept]
    assert WatchlistEntry.objects.count() == 2, "what was imported stays"
    undone(kept)


def test_beat_and_the_tasks_know_each_other(db: None) -> None:
    names = {tasks.work_on_import.name, tasks.sweep_imports.name}
    assert request.WORK_TASK in names
    assert PeriodicTask.objects.get(name="Look after members' imports").task in names

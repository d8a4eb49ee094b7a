"""The diary: entries, the rating that they set, and going back."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import AbstractUser
from django.db import IntegrityError, transaction
from pytest_django import DjangoCaptureOnCommitCallbacks

from catalog.models import DiaryEntry, HiddenMovie, Movie, Rating
from catalog.queries.diary_counts import DiaryCounts
from catalog.services.diary import (
    DayWatched,
    DiaryError,
    Viewing,
    erase,
    erase_made,
    latest_day,
    log_new,
    take_back,
    write,
)
from catalog.services.ratings import InvalidRatingError, rate
from catalog.signals import ratings_changed

MONDAY, TUESDAY = date(2026, 11, 2), date(2026, 11, 3)


def entries() -> list[tuple[Any, ...]]:
    return list(
        DiaryEntry.objects.values_list(
            "pk", "watched_on", "half_stars", "rewatch", "note", "created_at"
        )
    )


def ratings() -> list[tuple[Any, ...]]:
    return list(
        Rating.objects.values_list("pk", "movie_id", "half_stars", "rated_at", "updated_at")
    )


def half_stars() -> int | None:
    return Rating.objects.values_list("half_stars", flat=True).first()


def test_stars_become_the_rating_and_others_are_told(
    ada: AbstractUser,
    amelie: Movie,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    told: list[Any] = []

    def listen(sender: object, user_id: int, **_: object) -> None:
        told.append(user_id)

    ratings_changed.connect(listen)
    try:
        with django_capture_on_commit_callbacks(execute=True):
            write(user_id=ada.pk, movie=amelie, viewing=Viewing(MONDAY, 9, True, "lovely"))
    finally:
        ratings_changed.disconnect(listen)
    entry = DiaryEntry.objects.get()
    assert (entry.stars, entry.rewatch, entry.note) == (4.5, True, "lovely")
    assert half_stars() == 9
    assert told == [ada.pk]


def test_without_stars_no_rating_is_made_or_changed(ada: AbstractUser, amelie: Movie) -> None:
    write(user_id=ada.pk, movie=amelie, viewing=Viewing(MONDAY))
    assert not Rating.objects.exists()
    rate(user_id=ada.pk, movie=amelie, half_stars=4)
    write(user_id=ada.pk, movie=amelie, viewing=Viewing(TUESDAY))
    assert half_stars() == 4


def test_the_latest_viewing_with_stars_is_the_rating(ada: AbstractUser, amelie: Movie) -> None:
    write(user_id=ada.pk, movie=amelie, viewing=Viewing(TUESDAY, 8))
    early = write(user_id=ada.pk, movie=amelie, viewing=Viewing(MONDAY, 2)).entry
    assert half_stars() == 8, "an older opinion written later does not count"
    late = DiaryEntry.objects.get(watched_on=TUESDAY)
    write(user_id=ada.pk, movie=amelie, viewing=Viewing(TUESDAY, 10), entry=late)
    assert half_stars() == 10
    rate(user_id=ada.pk, movie=amelie, half_stars=6)
    write(user_id=ada.pk, movie=amelie, viewing=Viewing(TUESDAY, 10, note="still"), entry=late)
    assert half_stars() == 6, "a new note is no new opinion"
    assert early.half_stars == 2


def test_one_entry_a_film_and_day(ada: AbstractUser, amelie: Movie, films: list[Movie]) -> None:
    write(user_id=ada.pk, movie=amelie, viewing=Viewing(MONDAY, note="first"))
    write(user_id=ada.pk, movie=films[0], viewing=Viewing(MONDAY))
    write(user_id=ada.pk, movie=amelie, viewing=Viewing(MONDAY, note="second"))
    assert DiaryEntry.objects.count() == 2
    assert DiaryEntry.objects.get(movie=amelie).note == "second"
    other = write(user_id=ada.pk, movie=amelie, viewing=Viewing(TUESDAY)).entry
    with pytest.raises(DiaryError, match="already in your diary"):
        write(user_id=ada.pk, movie=amelie, viewing=Viewing(MONDAY), entry=other)


@pytest.mark.parametrize("day", [date(1895, 12, 27), date(9999, 12, 31)])
def test_a_day_without_films_or_not_yet_come(ada: AbstractUser, amelie: Movie, day: date) -> None:
    with pytest.raises(DiaryError):
        write(user_id=ada.pk, movie=amelie, viewing=Viewing(day))
    with pytest.raises(DiaryError):
        write(user_id=ada.pk, movie=amelie, viewing=Viewing(latest_day() + timedelta(days=1)))
    assert not DiaryEntry.objects.exists()


def test_stars_that_are_none_write_nothing(ada: AbstractUser, amelie: Movie) -> None:
    for impossible in (0, 11):
        with pytest.raises(InvalidRatingError):
            write(user_id=ada.pk, movie=amelie, viewing=Viewing(MONDAY, impossible))
    assert not DiaryEntry.objects.exists()


def test_writing_is_taken_back_with_its_rating(ada: AbstractUser, amelie: Movie) -> None:
    rate(user_id=ada.pk, movie=amelie, half_stars=4)
    HiddenMovie.objects.create(user=ada, movie=amelie)
    rated, hidden = ratings(), list(HiddenMovie.objects.values())
    first = write(user_id=ada.pk, movie=amelie, viewing=Viewing(MONDAY, 10))
    assert half_stars() == 10
    take_back(ada.pk, first.before)
    assert not DiaryEntry.objects.exists()
    assert ratings() == rated
    assert list(HiddenMovie.objects.values()) == hidden


def test_a_change_and_a_deletion_are_taken_back(ada: AbstractUser, amelie: Movie) -> None:
    entry = write(user_id=ada.pk, movie=amelie, viewing=Viewing(MONDAY, 10, True, "a\nb")).entry
    before, rated = entries(), ratings()
    changed = write(user_id=ada.pk, movie=amelie, viewing=Viewing(TUESDAY, 2), entry=entry)
    assert half_stars() == 2
    take_back(ada.pk, changed.before)
    assert entries() == before
    assert ratings() == rated
    step = erase(DiaryEntry.objects.get())
    assert ratings() == rated, "the rating stays"
    write(user_id=ada.pk, movie=amelie, viewing=Viewing(MONDAY, note="written meanwhile"))
    take_back(ada.pk, step)
    assert entries() == before


def test_the_database_keeps_the_rules(ada: AbstractUser, amelie: Movie) -> None:
    DiaryEntry.objects.create(user=ada, movie=amelie, watched_on=MONDAY)
    wrong: tuple[dict[str, Any], ...] = (
        {"watched_on": MONDAY},
        {"watched_on": TUESDAY, "half_stars": 11},
        {"watched_on": date(1800, 1, 1)},
    )
    for fields in wrong:
        with pytest.raises(IntegrityError), transaction.atomic():
            DiaryEntry.objects.create(user=ada, movie=amelie, **fields)


def test_counts_by_year_and_month(ada: AbstractUser, films: list[Movie]) -> None:
    today = latest_day().replace(day=1)
    for place, day in enumerate([today, today, date(2024, 3, 5), date(2024, 3, 9)]):
        DiaryEntry.objects.create(user=ada, movie=films[place], watched_on=day)
    counts = DiaryCounts.of(DiaryEntry.objects.all())
    counts = DiaryCounts(counts.by_month, today)
    assert counts.years == [today.year, 2024]
    assert (counts.this_month, counts.this_year, counts.total) == (2, 2, 4)
    bars = counts.bars(2024)
    assert [bar.count for bar in bars] == [0, 0, 2, *[0] * 9]
    assert bars[2].height == counts.full_height
    assert all(bar.height == 0 for bar in counts.bars(1999))


def test_many_are_logged_and_only_what_is_untouched_is_undone(
    ada: AbstractUser, films: list[Movie]
) -> None:
    day = date(2026, 11, 1)
    DiaryEntry.objects.create(user=ada, movie=films[0], watched_on=day, note="Mine")
    made = log_new(ada.pk, [DayWatched(movie.pk, day, True) for movie in films[:4]])
    assert set(made) == {(movie.pk, day) for movie in films[1:4]}
    assert log_new(ada.pk, []) == {}
    DiaryEntry.objects.filter(movie=films[1]).update(note="Wept.")
    assert erase_made(ada.pk, list(made.values())) == 2
    left = DiaryEntry.objects.order_by("movie_id").values_list("movie_id", "note")
    assert list(left) == [(films[0].pk, "Mine"), (films[1].pk, "Wept.")]

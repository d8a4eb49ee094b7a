"""Marking films as seen, and going back."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import AbstractUser
from django.db import IntegrityError, transaction

from catalog.models import Movie, SeenMovie, WatchlistEntry
from catalog.queries.seen import seen_by
from catalog.services import undo
from catalog.services.diary import DiaryError, Viewing, latest_day, write
from catalog.services.ratings import rate, unrate
from catalog.services.seen import mark_new, mark_seen, take_back, unmark_made, unmark_seen
from catalog.services.watchlist import set_watchlisted

MONDAY, TUESDAY = date(2026, 11, 2), date(2026, 11, 3)


def state() -> list[list[tuple[Any, ...]]]:
    return [
        list(SeenMovie.objects.values_list("pk", "movie", "watched_on", "marked_at")),
        list(WatchlistEntry.objects.values_list("movie", "added_at")),
    ]


def seen(user: AbstractUser) -> list[Movie]:
    return list(Movie.objects.filter(seen_by(user.pk)))


def test_a_mark_has_a_day_or_none_and_takes_the_film_off_the_watchlist(
    ada: AbstractUser, films: list[Movie]
) -> None:
    for movie in films[:2]:
        set_watchlisted(user_id=ada.pk, movie=movie, on=True)
    assert mark_seen(user_id=ada.pk, movie=films[0]).mark.watched_on is None
    again = mark_seen(user_id=ada.pk, movie=films[0], watched_on=MONDAY).mark
    assert again == SeenMovie.objects.get()
    assert again.watched_on == MONDAY
    assert [entry.movie for entry in WatchlistEntry.objects.all()] == [films[1]]


@pytest.mark.parametrize("day", [date(1895, 12, 27), latest_day() + timedelta(1)])
def test_a_day_without_films_is_refused(ada: AbstractUser, amelie: Movie, day: date) -> None:
    with pytest.raises(DiaryError):
        mark_seen(user_id=ada.pk, movie=amelie, watched_on=day)
    assert not SeenMovie.objects.exists()


def test_the_database_refuses_a_second_mark_and_a_day_before_film(
    ada: AbstractUser, amelie: Movie
) -> None:
    with pytest.raises(IntegrityError, match="since_films"), transaction.atomic():
        SeenMovie.objects.create(user=ada, movie=amelie, watched_on=date(1890, 1, 1))
    SeenMovie.objects.create(user=ada, movie=amelie)
    with pytest.raises(IntegrityError, match="seen_once"), transaction.atomic():
        SeenMovie.objects.create(user=ada, movie=amelie)


def test_what_was_done_is_taken_back_to_the_microsecond(ada: AbstractUser, amelie: Movie) -> None:
    set_watchlisted(user_id=ada.pk, movie=amelie, on=True)
    states = [state()]
    steps = [mark_seen(user_id=ada.pk, movie=amelie, watched_on=MONDAY).before]
    states.append(state())
    steps.append(mark_seen(user_id=ada.pk, movie=amelie, watched_on=TUESDAY).before)
    states.append(state())
    steps.append(unmark_seen(user_id=ada.pk, movie=amelie))
    assert state() == [[], []]
    for step, before in zip(reversed(steps), reversed(states), strict=True):
        undo.undo(ada.pk, undo.sealed(ada.pk, "seen", step))
        assert state() == before


def test_taking_back_leaves_others_and_films_that_are_gone_alone(
    ada: AbstractUser, films: list[Movie], django_user_model: Any
) -> None:
    eve = django_user_model.objects.create_user("eve")
    mark_seen(user_id=eve.pk, movie=films[0])
    take_back(ada.pk, mark_seen(user_id=ada.pk, movie=films[0]).before)
    assert SeenMovie.objects.get().user == eve
    step = unmark_seen(user_id=eve.pk, movie=films[0])
    films[0].delete()
    take_back(eve.pk, step)
    assert not SeenMovie.objects.exists()


def test_rated_logged_and_marked_films_are_seen(ada: AbstractUser, films: list[Movie]) -> None:
    rate(user_id=ada.pk, movie=films[0], half_stars=1)
    write(user_id=ada.pk, movie=films[1], viewing=Viewing(MONDAY))
    mark_seen(user_id=ada.pk, movie=films[2])
    assert seen(ada) == films[:3]
    unrate(user_id=ada.pk, movie=films[0])
    assert seen(ada) == films[1:3], "a rating leaves nothing behind"


def test_many_are_marked_without_a_day_and_only_what_is_untouched_is_undone(
    ada: AbstractUser, films: list[Movie]
) -> None:
    SeenMovie.objects.create(user=ada, movie=films[0], watched_on=date(2026, 1, 1))
    kept = WatchlistEntry.objects.create(user=ada, movie=films[1])
    made = mark_new(ada.pk, [movie.pk for movie in films[:4]])
    assert set(made) == {movie.pk for movie in films[1:4]}
    assert not WatchlistEntry.objects.exists()
    assert mark_new(ada.pk, []) == {}
    SeenMovie.objects.filter(movie=films[2]).update(watched_on=date(2026, 2, 2))
    assert unmark_made(ada.pk, list(made.values())) == 2
    assert set(SeenMovie.objects.values_list("movie_id", flat=True)) == {films[0].pk, films[2].pk}
    assert WatchlistEntry.objects.get().added_at == kept.added_at

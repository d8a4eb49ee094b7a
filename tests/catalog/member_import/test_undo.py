"""Taking imports back."""

from datetime import date
from typing import Any

import pytest
from django.contrib.auth.models import AbstractUser

from catalog.member_import import request
from catalog.models import DiaryEntry, HiddenMovie, Movie, Rating, SeenMovie, WatchlistEntry
from catalog.services.ratings import rate, unrate
from catalog.services.seen import mark_seen
from catalog.services.watchlist import set_hidden, set_watchlisted

from . import exports
from .conftest import Load, applied, undone
from .test_apply import day, rated_on

HEADER = "Date,Name,Year,Letterboxd URI,Rating\n"


def everything(user: AbstractUser) -> list[Any]:
    """All that an import may write, as exactly as it can be put back."""
    return [
        list(
            Rating.objects.filter(user=user)
            .order_by("movie_id")
            .values_list("movie_id", "half_stars", "rated_at")
        ),
        set(WatchlistEntry.objects.filter(user=user).values_list("pk", "movie_id", "added_at")),
        set(HiddenMovie.objects.filter(user=user).values_list("movie_id", "hidden_at")),
        set(DiaryEntry.objects.filter(user=user).values_list("pk", "movie_id", "half_stars")),
        set(SeenMovie.objects.filter(user=user).values_list("pk", "movie_id", "watched_on")),
        list(Movie.objects.order_by("pk").values_list("pk", "rating_count", "half_star_sum")),
    ]


@pytest.fixture
def lived(cinema: list[Movie], ada: AbstractUser) -> list[Movie]:
    """Ada has done a few things here before."""
    matrix, tiger, alien, heat, amelie = cinema
    rated_on(ada, matrix, 2, "2001-01-01")
    rated_on(ada, tiger, 3.5, "2001-01-02")
    rated_on(ada, heat, 5, "2001-01-03")
    set_watchlisted(user_id=ada.pk, movie=heat, on=True)
    set_hidden(user_id=ada.pk, movie=amelie, on=True)
    set_hidden(user_id=ada.pk, movie=alien, on=True)
    DiaryEntry.objects.create(user=ada, movie=matrix, watched_on="2020-05-01", note="Whoa")
    return cinema


def test_everything_is_as_before(load: Load, lived: list[Movie], ada: AbstractUser) -> None:
    before = everything(ada)
    job = applied(load(exports.LETTERBOXD_ZIP, "letterboxd.zip"), "theirs")
    assert everything(ada) != before
    job = undone(job)
    assert job.state == "undone"
    assert everything(ada) == before
    assert job.result["ratings_removed"] == 2
    assert job.result["ratings_restored"] == 1
    assert job.result["touched"] == 0
    assert not job.rows.exists()


def test_films_watched_are_not_seen_any_more(
    load: Load, cinema: list[Movie], ada: AbstractUser
) -> None:
    heat = cinema[3]
    set_watchlisted(user_id=ada.pk, movie=heat, on=True)
    before = everything(ada)
    job = applied(load(exports.LETTERBOXD_WATCHED, "watched.csv"))
    assert SeenMovie.objects.filter(user=ada).count() == 2
    assert undone(job).result["seen_removed"] == 2
    assert everything(ada) == before

    job = applied(load(exports.LETTERBOXD_WATCHED, "watched.csv"))
    mark_seen(user_id=ada.pk, movie=heat, watched_on=date(2020, 1, 1))
    assert undone(job).result["seen_removed"] == 1
    assert SeenMovie.objects.get(user=ada).movie == heat, "it got a day by hand"


def test_what_was_changed_by_hand_since_then_stays(
    load: Load, lived: list[Movie], ada: AbstractUser
) -> None:
    matrix, _, alien, _, amelie = lived
    job = applied(load(exports.LETTERBOXD_ZIP, "letterboxd.zip"), "theirs")
    rate(user_id=ada.pk, movie=matrix, half_stars=2)
    unrate(user_id=ada.pk, movie=amelie)
    set_watchlisted(user_id=ada.pk, movie=alien, on=False)
    set_watchlisted(user_id=ada.pk, movie=alien, on=True)
    DiaryEntry.objects.filter(movie=alien).update(note="Nobody hears you scream")
    job = undone(job)
    assert job.result["touched"] == 2
    mine = dict(Rating.objects.filter(user=ada).values_list("movie__title", "half_stars"))
    assert mine == {"The Matrix": 2, "Crouching Tiger, Hidden Dragon": 7, "Heat": 10}
    assert WatchlistEntry.objects.filter(user=ada, movie=alien).exists()
    assert DiaryEntry.objects.filter(user=ada, movie=alien).exists()
    assert not HiddenMovie.objects.filter(user=ada, movie=amelie).exists()
    assert HiddenMovie.objects.filter(user=ada, movie=alien).exists(), "its rating was undone"


def test_a_restored_rating_counts_as_written_now(
    load: Load, matrix: Movie, ada: AbstractUser
) -> None:
    """So that the next training learns of it: see Rating.updated_at."""
    rated_on(ada, matrix, 2, "2001-01-01")
    job = applied(load(exports.LETTERBOXD_RATINGS))
    undone(job)
    rating = Rating.objects.get(user=ada)
    assert (rating.half_stars, rating.rated_at) == (4, day("2001-01-01"))
    assert job.applied_at is not None
    assert rating.updated_at > job.applied_at


def test_the_later_import_is_undone_first(
    load: Load, lived: list[Movie], ada: AbstractUser
) -> None:
    before = everything(ada)
    first = applied(load(HEADER + "2010-01-01,The Matrix,1999,x,3\n"))
    second = applied(load(HEADER + "2011-01-01,The Matrix,1999,x,4\n"))
    with pytest.raises(request.UndoneFirstError) as caught:
        request.ask_undo(first)
    assert caught.value.later == second
    undone(second)
    undone(first)
    assert everything(ada) == before


def test_imports_of_other_films_are_undone_in_any_order(
    load: Load, lived: list[Movie], ada: AbstractUser
) -> None:
    before = everything(ada)
    first = applied(load(HEADER + "2010-01-01,Alien,1979,x,3\n"))
    second = applied(load(HEADER + "2011-01-01,The Matrix,1999,x,4\n"))
    undone(first)
    undone(second)
    assert everything(ada) == before


def test_only_what_was_imported_can_be_undone_and_once(load: Load, cinema: list[Movie]) -> None:
    job = load(exports.LETTERBOXD_RATINGS)
    assert not request.ask_undo(job)
    undone(applied(job))
    assert not request.ask_undo(job)

"""What an import writes, and what it leaves alone."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AbstractUser
from django.utils import timezone

from catalog.member_import import request
from catalog.member_import.decide import decide
from catalog.member_import.preview import summary
from catalog.models import (
    DiaryEntry,
    HiddenMovie,
    MemberImport,
    Movie,
    Rating,
    SeenMovie,
    WatchlistEntry,
)
from catalog.services import imported_rows
from catalog.services.ratings import rate, rate_many
from catalog.services.watchlist import set_hidden, set_watchlisted
from catalog.signals import ratings_changed

from . import exports
from .conftest import Load, applied, outcomes, worked

HEADER = "Date,Name,Year,Letterboxd URI,Rating\n"
MATRIX = HEADER + "2020-05-01,The Matrix,1999,x,4.5\n"


def ratings(user: AbstractUser) -> dict[str, tuple[int, datetime]]:
    mine = Rating.objects.filter(user=user).select_related("movie")
    return {one.movie.title: (one.half_stars, one.rated_at) for one in mine}


def day(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def rated_on(user: AbstractUser, movie: Movie, stars: float, when: str) -> None:
    rate(user_id=user.pk, movie=movie, half_stars=int(2 * stars))
    Rating.objects.filter(user=user, movie=movie).update(rated_at=day(when))


def test_everything_of_letterboxd(load: Load, cinema: list[Movie], ada: AbstractUser) -> None:
    job = applied(load(exports.LETTERBOXD_ZIP, "letterboxd.zip"))
    assert ratings(ada) == {
        "The Matrix": (9, day("2020-05-01")),  # not the diary's 4 stars
        "Amélie": (10, day("2021-06-02")),
        "Crouching Tiger, Hidden Dragon": (7, day("2021-06-02")),
        "Alien": (9, day("2021-07-01")),
    }
    listed = WatchlistEntry.objects.filter(user=ada).values_list("movie__title", "added_at")
    assert dict(listed) == {"Alien": day("2022-01-01"), "Heat": day("2022-01-02")}
    diary = DiaryEntry.objects.filter(user=ada).order_by("watched_on")
    assert [(e.movie.title, str(e.watched_on), e.half_stars, e.rewatch) for e in diary] == [
        ("The Matrix", "2020-05-01", 8, False),
        ("Alien", "2021-06-30", 9, True),
        ("Amélie", "2021-07-31", None, False),
    ]
    seen = SeenMovie.objects.filter(user=ada).values_list("movie__title", "watched_on", "marked_at")
    assert list(seen) == [("Heat", None, day("2021-09-01"))], "the others have stars"
    assert job.result == {
        "ratings_added": 4,
        "ratings_changed": 0,
        "ratings_kept": 0,
        "watchlist_added": 2,
        "diary_added": 3,
        "seen_added": 1,
        "hidden_added": 0,
        "list_films_added": 4,
        "films_seen": 5,
        "waiting": 0,
        "lists_made": 2,
        "lists_refused": [],
    }
    for movie in Movie.objects.all():
        assert movie.rating_count == Rating.objects.filter(movie=movie).count()


def test_films_watched_are_seen_once_and_only_where_nothing_says_it(
    load: Load, cinema: list[Movie], ada: AbstractUser
) -> None:
    matrix, alien = cinema[0], cinema[2]
    job = load(exports.TRAKT_HISTORY, "history.json")
    assert sorted(row.outcome for row in job.rows.all()) == ["new", "new", "repeated"]
    assert summary(job).new_in_diary == summary(job).changes == 2
    assert summary(job).films_seen == 1
    assert applied(job).result["seen_added"] == 0, "the diary says it"
    assert DiaryEntry.objects.filter(user=ada, movie=matrix).count() == 2
    rate(user_id=ada.pk, movie=alien, half_stars=8)
    for content in (exports.TRAKT_WATCHED, exports.TRAKT_HISTORY):
        assert "new" not in outcomes(load(content, "watched.json")).values()


def test_ratings_carry_their_own_time_and_the_time_of_the_import(
    load: Load, cinema: list[Movie], ada: AbstractUser
) -> None:
    job = applied(load(MATRIX))
    rating = Rating.objects.get(user=ada)
    assert rating.rated_at == day("2020-05-01")
    assert rating.updated_at == job.applied_at
    assert timezone.now() - rating.updated_at < timedelta(minutes=1)


def test_the_order_of_a_day_is_that_of_the_file(
    load: Load, cinema: list[Movie], ada: AbstractUser
) -> None:
    rows = "".join(f"2020-05-01,{m.title},{m.year},x,4\n" for m in reversed(cinema[2:]))
    applied(load(HEADER + rows))
    history = Rating.objects.history_of(ada.pk)
    assert [rating.movie for rating in history] == list(reversed(cinema[2:]))


@pytest.mark.parametrize(
    ("rule", "mine_at", "half_stars"),
    [
        ("newest", "2019-01-01", 9),
        ("newest", "2021-01-01", 4),
        ("newest", "2020-05-01", 4),  # the same day: nobody knows, so nothing changes
        ("mine", "2019-01-01", 4),
        ("theirs", "2021-01-01", 9),
    ],
)
def test_conflicts_by_rule(
    load: Load, matrix: Movie, ada: AbstractUser, rule: str, mine_at: str, half_stars: int
) -> None:
    rated_on(ada, matrix, 2, mine_at)
    job = load(MATRIX)
    assert outcomes(job) == {"rating The Matrix": "conflict"}
    result = applied(job, rule).result
    assert ratings(ada)["The Matrix"][0] == half_stars
    changed = int(half_stars == 9)
    assert (result["ratings_changed"], result["ratings_kept"]) == (changed, 1 - changed)


def test_a_row_overrules_the_rule(load: Load, cinema: list[Movie], ada: AbstractUser) -> None:
    rated_on(ada, cinema[0], 2, "2021-01-01")
    rated_on(ada, cinema[4], 2, "2019-01-01")
    job = load(exports.LETTERBOXD_RATINGS)
    fields = {
        f"row-{job.rows.get(title='The Matrix').pk}": "theirs",
        f"row-{job.rows.get(title='Amélie').pk}": "mine",
    }
    assert len(decide(job, fields)) == 2
    applied(job, "newest")
    assert ratings(ada)["The Matrix"][0] == 9
    assert ratings(ada)["Amélie"][0] == 4


def test_files_without_times_are_never_newer(
    load: Load, cinema: list[Movie], ada: AbstractUser
) -> None:
    rated_on(ada, cinema[0], 2, "1999-01-01")
    job = applied(load(exports.MOVIELENS_RATINGS, "movielens-ratings.csv"))
    assert ratings(ada)["The Matrix"][0] == 4
    assert ratings(ada)["Amélie"] == (10, job.created_at)


def test_what_is_here_already_stays_with_its_time(
    load: Load, matrix: Movie, ada: AbstractUser
) -> None:
    rated_on(ada, matrix, 4.5, "2010-01-01")
    job = load(MATRIX)
    assert outcomes(job) == {"rating The Matrix": "same"}
    applied(job)
    assert ratings(ada)["The Matrix"] == (9, day("2010-01-01"))


def test_twice_is_the_same_as_once(load: Load, cinema: list[Movie], ada: AbstractUser) -> None:
    applied(load(exports.LETTERBOXD_ZIP, "letterboxd.zip"))
    before = list(Rating.objects.values_list("pk", "half_stars", "updated_at"))
    again = applied(load(exports.LETTERBOXD_ZIP, "letterboxd.zip"))
    assert not any(again.result.values())
    assert list(Rating.objects.values_list("pk", "half_stars", "updated_at")) == before
    assert WatchlistEntry.objects.count() == 2
    assert DiaryEntry.objects.count() == 3


def test_of_rows_for_one_film_the_newest_counts(
    load: Load, matrix: Movie, ada: AbstractUser
) -> None:
    job = load(
        HEADER + "2021-01-01,The Matrix,1999,x,3\n2020-01-01,The Matrix,1999,x,2\n"
        "2021-01-01,the matrix,1999,x,4\n"
    )
    assert [row.outcome for row in job.rows.all()] == ["repeated", "repeated", "new"]
    applied(job)
    assert ratings(ada) == {"The Matrix": (8, day("2021-01-01"))}


def test_a_rated_film_is_hidden_no_longer_and_others_stay(
    load: Load, cinema: list[Movie], ada: AbstractUser
) -> None:
    for movie in cinema:
        set_hidden(user_id=ada.pk, movie=movie, on=True)
    applied(load(MATRIX))
    hidden = HiddenMovie.objects.filter(user=ada).values_list("movie__title", flat=True)
    assert "The Matrix" not in hidden
    assert len(hidden) == len(cinema) - 1


def test_others_are_not_touched(load: Load, cinema: list[Movie]) -> None:
    eve: AbstractUser = get_user_model().objects.create_user("eve")
    rated_on(eve, cinema[0], 1, "2001-01-01")
    set_watchlisted(user_id=eve.pk, movie=cinema[2], on=True)
    applied(load(exports.LETTERBOXD_ZIP, "letterboxd.zip"))
    assert ratings(eve) == {"The Matrix": (2, day("2001-01-01"))}
    assert WatchlistEntry.objects.filter(user=eve).count() == 1


def test_rows_left_out_and_not_found_are_not_written(
    load: Load, cinema: list[Movie], ada: AbstractUser
) -> None:
    job = load(exports.LETTERBOXD_RATINGS + "2021-06-02,Nobody Knows It,1950,x,4\n")
    decide(job, {f"row-{job.rows.get(title='Amélie').pk}": "left-out"})
    applied(job)
    assert set(ratings(ada)) == {"The Matrix", "Crouching Tiger, Hidden Dragon"}


def test_what_happens_between_preview_and_import_counts(
    load: Load, matrix: Movie, ada: AbstractUser
) -> None:
    job = load(MATRIX)
    rate(user_id=ada.pk, movie=matrix, half_stars=2)
    result = applied(job).result
    assert ratings(ada)["The Matrix"][0] == 2, "rated just now, so newer than the file"
    assert (result["ratings_added"], result["ratings_kept"]) == (0, 1)


def test_a_rating_given_while_the_import_is_written_stays(
    load: Load, cinema: list[Movie], ada: AbstractUser, monkeypatch: pytest.MonkeyPatch
) -> None:
    matrix, *_, amelie = cinema

    def late(*args: Any, **films: Any) -> set[int]:
        rate(user_id=ada.pk, movie=matrix, half_stars=2)
        return rate_many(*args, **films)

    monkeypatch.setattr(imported_rows, "rate_many", late)
    job = applied(load(MATRIX + f"2020-05-01,{amelie.title},{amelie.year},x,5\n"))
    assert {title: stars for title, (stars, _) in ratings(ada).items()} == {
        "The Matrix": 2,
        "Amélie": 10,
    }
    assert job.result["ratings_added"] == 1
    assert [row.title for row in job.rows.filter(written=True)] == ["Amélie"]


def test_one_signal_for_the_whole_import(
    load: Load, cinema: list[Movie], ada: AbstractUser, django_capture_on_commit_callbacks: Any
) -> None:
    heard: list[Any] = []

    def listen(sender: Any, user_id: int | None, **rest: Any) -> None:
        heard.append(user_id)

    ratings_changed.connect(listen)
    try:
        job = load(exports.LETTERBOXD_ZIP, "letterboxd.zip")
        with django_capture_on_commit_callbacks(execute=True):
            applied(job)
        assert heard == [ada.pk]
        nothing = load(exports.LETTERBOXD_WATCHLIST, "watchlist.csv")
        with django_capture_on_commit_callbacks(execute=True):
            applied(nothing)
        assert heard == [ada.pk], "no rating changed"
    finally:
        ratings_changed.disconnect(listen)


def test_asking_twice_imports_once(load: Load, matrix: Movie, ada: AbstractUser) -> None:
    job = load(MATRIX)
    assert request.ask_apply(job, "newest")
    assert not request.ask_apply(job, "newest")
    worked(job)
    Rating.objects.all().delete()
    worked(job)
    assert not Rating.objects.exists()
    assert MemberImport.objects.get(pk=job.pk).state == "applied"

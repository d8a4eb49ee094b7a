"""Films are fetched again when they changed or are due, and no more of them than allowed."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from catalog.models import Link, Movie, TmdbRefresh
from catalog.models.tmdb_refresh import RefreshProblem
from catalog.services.add_film import add_film
from catalog.services.tmdb_refresh import refresh_films
from catalog.tmdb import client
from catalog.tmdb.errors import KeyRefusedError
from tests.stand_in_tmdb import Fault, StandInTmdb, bare

pytestmark = pytest.mark.django_db


@pytest.fixture
def movies(tmdb: StandInTmdb) -> list[Movie]:
    """Three films that were fetched just now."""
    tmdb.add(*(bare(key, f"Film {key}") for key in (1, 2, 3)))
    made = [add_film(tmdb_id=key).movie for key in (1, 2, 3)]
    tmdb.asked.clear()
    return made


def overdue(movie: Movie, days: int) -> None:
    TmdbRefresh.objects.filter(movie=movie).update(due_at=timezone.now() - timedelta(days=days))


def fetched(tmdb: StandInTmdb) -> list[str]:
    return [path for path in tmdb.paths() if path != "movie/changes"]


def test_nothing_is_due(tmdb: StandInTmdb, movies: list[Movie]) -> None:
    assert refresh_films(10) == 0
    assert tmdb.paths() == ["movie/changes"]


def test_the_longest_overdue_first_and_no_more_than_allowed(
    tmdb: StandInTmdb, movies: list[Movie]
) -> None:
    for movie, days in zip(movies, (1, 9, 5), strict=True):
        overdue(movie, days)
    assert refresh_films(2) == 2
    assert fetched(tmdb) == ["movie/2", "movie/3"]
    assert refresh_films(2) == 1


def test_what_changed_there_is_due(tmdb: StandInTmdb, movies: list[Movie]) -> None:
    tmdb.changed = [3, 999]
    tmdb.films[3]["overview"] = "Now there is one."
    assert refresh_films(10) == 1
    assert Movie.objects.get(pk=movies[2].pk).overview == "Now there is one."


def test_the_feed_is_read_from_where_it_was_left(tmdb: StandInTmdb, movies: list[Movie]) -> None:
    refresh_films(10)
    refresh_films(10)
    first, second = (one.query["start_date"] for one in tmdb.asked)
    today = timezone.now().date()
    assert first == (today - timedelta(days=13)).isoformat()
    assert second == today.isoformat()


def test_films_of_datasets_follow_the_most_rated_first(
    tmdb: StandInTmdb, movies: list[Movie], films: list[Movie]
) -> None:
    overdue(movies[0], 1)
    for key, movie in enumerate(films[:2], 10):
        Link.objects.create(movie=movie, tmdb_id=key)
        tmdb.add(bare(key, movie.title, overview="From TMDB"))
    Movie.objects.filter(pk=films[1].pk).update(rating_count=1, half_star_sum=5)
    assert refresh_films(2) == 2
    assert fetched(tmdb) == ["movie/1", "movie/11"]


def test_a_film_that_tmdb_no_longer_has_is_noted(tmdb: StandInTmdb, movies: list[Movie]) -> None:
    overdue(movies[0], 1)
    del tmdb.films[1]
    assert refresh_films(10) == 0
    row = TmdbRefresh.objects.get(movie=movies[0])
    assert (row.problem, row.failures) == (RefreshProblem.NOT_THERE, 1)
    assert row.due_at > timezone.now()
    assert Movie.objects.get(pk=movies[0].pk).title == "Film 1"


def test_stops_when_tmdb_does_not_answer(
    tmdb: StandInTmdb, films: list[Movie], monkeypatch: pytest.MonkeyPatch
) -> None:
    for key, movie in enumerate(films[:10], 1):
        Link.objects.create(movie=movie, tmdb_id=key)
    impatient = client.Patience(answer_seconds=1, attempts=1, total_seconds=1)
    monkeypatch.setattr(client.Tmdb.__init__, "__defaults__", (impatient,))
    tmdb.faults = [Fault(503)] * 20
    assert refresh_films(10) == 0
    assert len(fetched(tmdb)) == 3


def test_a_refused_key_ends_the_run(tmdb: StandInTmdb, movies: list[Movie], settings: Any) -> None:
    settings.TMDB_API_KEY = "f" * 32
    with pytest.raises(KeyRefusedError):
        refresh_films(10)

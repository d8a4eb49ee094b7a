"""Histories as requests read them: what was rated, seen and hidden, in order of time."""

from datetime import UTC, date, datetime

import pytest
from django.contrib.auth.models import AbstractUser
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from catalog.models import DiaryEntry, Movie, Rating, SeenMovie
from catalog.services.ratings import rate
from catalog.services.seen import mark_seen
from catalog.services.watchlist import set_hidden
from recommender.data.histories import history_from, history_of
from tests.recommender.world import World


@pytest.fixture
def ada(world: World) -> AbstractUser:
    return world.member()


def rated(user: AbstractUser, movie: Movie, day: int) -> None:
    at = datetime(2026, 11, day, 12, tzinfo=UTC)
    Rating.objects.create(user=user, movie=movie, half_stars=8, rated_at=at, updated_at=at)


def seen(user: AbstractUser, movie: Movie, day: int | None) -> None:
    watched_on = date(2026, 11, day) if day else None
    SeenMovie.objects.create(user=user, movie=movie, watched_on=watched_on)


def logged(user: AbstractUser, movie: Movie, day: int) -> None:
    DiaryEntry.objects.create(user=user, movie=movie, watched_on=date(2026, 11, day))


def test_films_seen_stand_where_they_were_watched_and_undated_ones_first(
    ada: AbstractUser, world: World
) -> None:
    first, second, third, fourth, fifth, sixth, *_ = world.movies
    rated(ada, second, 2)
    rated(ada, fourth, 4)
    seen(ada, third, 3)
    logged(ada, fifth, 5)
    seen(ada, sixth, None)
    seen(ada, first, None)
    history = history_of(ada.pk)
    assert history.movie_ids.tolist() == [second.pk, fourth.pk]
    assert history.stars.tolist() == [4.0, 4.0]
    assert history.seen_ids.tolist() == [sixth.pk, first.pk, third.pk, fifth.pk]
    watched = [sixth, first, second, third, fourth, fifth]
    assert history.watched_ids.tolist() == [movie.pk for movie in watched]
    assert len(history) == 2, "what has no stars is no rating"


def test_a_film_stands_once_at_its_last_viewing_and_stars_go_before(
    ada: AbstractUser, world: World
) -> None:
    again, other, liked, *_ = world.movies
    logged(ada, again, 1)
    logged(ada, other, 2)
    logged(ada, again, 3)
    seen(ada, again, None)
    rated(ada, liked, 4)
    seen(ada, liked, 5)
    logged(ada, liked, 6)
    history = history_of(ada.pk)
    assert history.seen_ids.tolist() == [other.pk, again.pk]
    assert history.watched_ids.tolist() == [other.pk, again.pk, liked.pk]


def test_what_is_written_down_today_is_newer_than_the_ratings_before(
    ada: AbstractUser, world: World
) -> None:
    """A day has no time: it ends before what came later, and when it was written at the latest."""
    evening, before, today, after, *_ = world.movies
    rate(user_id=ada.pk, movie=before, half_stars=8)
    mark_seen(user_id=ada.pk, movie=today, watched_on=timezone.now().date())
    rate(user_id=ada.pk, movie=after, half_stars=8)
    rated(ada, world.movies[9], 1)
    logged(ada, evening, 1)
    films = [world.movies[9], evening, before, today, after]
    assert history_of(ada.pk).watched_ids.tolist() == [movie.pk for movie in films]


def test_rated_seen_and_hidden_films_are_closed(
    ada: AbstractUser, world: World, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    rated(ada, world.movies[0], 1)
    seen(ada, world.movies[1], 1)
    logged(ada, world.movies[2], 1)
    set_hidden(user_id=ada.pk, movie=world.movies[3], on=True)
    seen(world.member("eve"), world.movies[4], 1)
    with django_assert_num_queries(1):
        history = history_of(ada.pk)
    assert set(history.closed_ids.tolist()) == {movie.pk for movie in world.movies[:4]}


def test_a_list_of_films_is_watched_in_its_order() -> None:
    assert history_from([3, 1, 2, 3]).watched_ids.tolist() == [1, 2, 3]

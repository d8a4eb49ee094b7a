"""Which films are likely one."""

import pytest
from django.core.cache import cache

from catalog.models import Link, Movie, WatchlistEntry
from catalog.queries.doubles import (
    Pair,
    Sign,
    count_of_doubles,
    forget_count,
    likely_doubles,
    what_hangs_on,
)
from catalog.services.film_merge import merge_films, say_distinct

pytestmark = pytest.mark.django_db


def film(title: str, year: int | None = 1995, **ids: object) -> Movie:
    movie = Movie.objects.create(title=title, year=year)
    Link.objects.create(movie=movie, **ids)
    return movie


def test_the_same_title_and_year_however_they_are_written() -> None:
    one, two = film("Amélie", 2001), film("AMELIE", 2001)
    film("Amélie", 2002)
    film("Amélie", None)
    film("Amélie", None)
    assert likely_doubles() == [Pair(one.pk, two.pk, frozenset({Sign.TITLE}))]


def test_the_same_id_whatever_the_title() -> None:
    one = film("Heat", imdb_id="tt0113277", tmdb_id=949)
    two = film("Hitze", 1996, imdb_id="tt0113277")
    three = film("Chaleur", 1997, tmdb_id=949)
    film("Other", 1998, imdb_id="tt0000001", tmdb_id=1)
    assert likely_doubles() == [
        Pair(one.pk, two.pk, frozenset({Sign.IMDB})),
        Pair(one.pk, three.pk, frozenset({Sign.TMDB})),
    ]


def test_common_ids_come_before_titles_alone() -> None:
    film("Crash", 1996), film("Crash", 1996)
    film("A", imdb_id="tt0000001"), film("B", imdb_id="tt0000001")
    assert [Sign.IMDB in pair.signs for pair in likely_doubles()] == [True, False]


def test_what_was_called_different_is_not_asked_again() -> None:
    one, two = film("Crash"), film("Crash")
    say_distinct(two.pk, one.pk, editor_id=None)
    say_distinct(one.pk, two.pk, editor_id=None)
    assert likely_doubles() == []


def test_the_number_is_remembered_until_films_change() -> None:
    cache.clear()
    one, two = film("Crash"), film("Crash")
    assert count_of_doubles() == 1
    merge_films(one, two, editor_id=None)
    forget_count()
    assert count_of_doubles() == 0


def test_what_members_have_of_a_film_is_counted(ada: object) -> None:
    one, two = film("Crash"), film("Crash")
    WatchlistEntry.objects.create(user=ada, movie=one)
    assert what_hangs_on([one.pk, two.pk]) == {one.pk: {"watchlist": 1}, two.pk: {}}

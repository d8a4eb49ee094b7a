"""The chart of a film's stars."""

import pytest
from django.core.cache import cache
from pytest_django import DjangoAssertNumQueries

from catalog.models import Movie
from catalog.queries import given_stars
from catalog.queries.given_stars import stars_given
from catalog.services.ratings import rate


@pytest.fixture
def rated(amelie: Movie, django_user_model) -> Movie:
    cache.clear()
    for number, half_stars in enumerate((8, 8, 3, 3, 3)):
        person = django_user_model.objects.create_user(f"somebody-{number}")
        rate(user_id=person.pk, movie=amelie, half_stars=half_stars)
    amelie.refresh_from_db()
    return amelie


@pytest.mark.django_db
def test_a_film_that_nobody_rated_is_not_counted(
    amelie: Movie, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(0):
        assert stars_given(amelie) == {}


@pytest.mark.django_db
def test_each_new_rating_is_seen_where_there_are_few(rated: Movie, django_user_model) -> None:
    assert stars_given(rated) == {3: 3, 8: 2}
    person = django_user_model.objects.create_user("one-more")
    rate(user_id=person.pk, movie=rated, half_stars=10)
    assert stars_given(rated) == {3: 3, 8: 2, 10: 1}


@pytest.mark.django_db
def test_of_many_the_ratings_are_read_once(
    rated: Movie,
    monkeypatch: pytest.MonkeyPatch,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    monkeypatch.setattr(given_stars, "MANY", 5)
    with django_assert_num_queries(1):
        first = stars_given(rated)
    with django_assert_num_queries(0):
        assert stars_given(rated) == first == {3: 3, 8: 2}

"""What two members' ratings say about each other, and when they say too little."""

import numpy as np
import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AbstractUser
from pytest_django import DjangoAssertNumQueries

from catalog.models import Movie
from catalog.queries.shared_taste import ENOUGH, shared_taste
from catalog.services.ratings import rate

MINE = [1, 2, 3, 3.5, 4, 4.5, 5, 2.5, 0.5, 4, 5, 1.5]
THEIRS = [2, 2, 3, 5, 4, 3, 5, 2, 1.5, 4.5, 4, 2]


@pytest.fixture
def grace(db: None) -> AbstractUser:
    user: AbstractUser = get_user_model().objects.create_user("grace")
    return user


def rated(ada: AbstractUser, grace: AbstractUser, films: list[Movie], n: int) -> None:
    for movie, mine, theirs in list(zip(films, MINE, THEIRS, strict=False))[:n]:
        rate(user_id=ada.pk, movie=movie, half_stars=int(2 * mine))
        rate(user_id=grace.pk, movie=movie, half_stars=int(2 * theirs))


def test_many_films_in_common(
    ada: AbstractUser,
    grace: AbstractUser,
    films: list[Movie],
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    rated(ada, grace, films, 12)
    rate(user_id=ada.pk, movie=films[30], half_stars=10)
    rate(user_id=grace.pk, movie=films[31], half_stars=10)
    with django_assert_num_queries(1):
        shared = shared_taste(ada.pk, grace.pk)
    assert shared.count == 12
    assert shared.near == sum(abs(a - b) <= 0.5 for a, b in zip(MINE, THEIRS, strict=True))
    assert shared.correlation == pytest.approx(np.corrcoef(MINE, THEIRS)[0, 1])
    assert shared.low is not None
    assert shared.high is not None
    assert -1 < shared.low < shared.correlation < shared.high < 1
    loved = [n for n in range(12) if min(MINE[n], THEIRS[n]) >= 4]
    assert set(shared.loved) == {films[n].pk for n in loved}
    assert shared.loved[0] == films[6].pk
    assert shared_taste(grace.pk, ada.pk).correlation == pytest.approx(shared.correlation)


def test_few_films_say_little(ada: AbstractUser, grace: AbstractUser, films: list[Movie]) -> None:
    assert shared_taste(ada.pk, grace.pk).count == 0
    rated(ada, grace, films, ENOUGH - 1)
    shared = shared_taste(ada.pk, grace.pk)
    assert (shared.count, shared.correlation, shared.low) == (ENOUGH - 1, None, None)


def test_the_same_stars_for_everything(
    ada: AbstractUser, grace: AbstractUser, films: list[Movie]
) -> None:
    for n, movie in enumerate(films[:12]):
        rate(user_id=ada.pk, movie=movie, half_stars=6)
        rate(user_id=grace.pk, movie=movie, half_stars=2 + 2 * (n % 4))
    assert shared_taste(ada.pk, grace.pk).correlation is None
    for movie in films[:12]:
        rate(user_id=grace.pk, movie=movie, half_stars=6)
    assert shared_taste(ada.pk, grace.pk).near == 12

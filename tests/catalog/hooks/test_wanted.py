"""What imports and media servers wait for is looked up at TMDB, and applied when it is found."""

import pytest
from django.contrib.auth.models import AbstractUser
from django.core.cache import cache

from catalog import tasks
from catalog.hooks.wanted import add_waited_for
from catalog.models import Movie, WatchEvent
from catalog.tmdb.errors import TmdbError
from tests.catalog.hooks.conftest import Post, known_of, settle
from tests.stand_in_tmdb import Fault, StandInTmdb, bare, dune

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nothing_was_asked() -> None:
    cache.clear()


@pytest.fixture
def waiting(ada: AbstractUser, post: Post) -> AbstractUser:
    """Two plays of films that are not here."""
    post({"title": "Dune", "year": 2021, "tmdb_id": 438631})
    post({"title": "Nobody Knows This One", "year": 1999})
    settle(ada)
    assert set(WatchEvent.objects.values_list("state", flat=True)) == {"waiting"}
    return ada


def test_a_film_that_is_found_comes_and_its_play_is_applied(
    waiting: AbstractUser, tmdb: StandInTmdb, django_capture_on_commit_callbacks: object
) -> None:
    tmdb.add(dune())
    tasks.look_up_waited_for()
    movie = Movie.objects.get()
    assert movie.title == "Dune"
    tasks.apply_waiting_rows([movie.pk])
    assert known_of(waiting)["seen"] == [("Dune", None)]


def test_what_was_not_found_is_not_asked_for_again_at_once(
    waiting: AbstractUser, tmdb: StandInTmdb
) -> None:
    assert add_waited_for() == 0
    asked = len(tmdb.asked)
    assert asked
    assert add_waited_for() == 0
    assert len(tmdb.asked) == asked


def test_what_could_not_be_asked_comes_next_time(waiting: AbstractUser, tmdb: StandInTmdb) -> None:
    tmdb.faults = [Fault(status=503)] * 20
    with pytest.raises(TmdbError):
        add_waited_for()
    tmdb.faults = []
    tmdb.add(dune(), bare(9, "Another"))
    assert add_waited_for() == 1


def test_without_a_key_nothing_is_asked(waiting: AbstractUser) -> None:
    tasks.look_up_waited_for()
    assert not Movie.objects.exists()


def test_a_dataset_may_bring_any_film(waiting: AbstractUser) -> None:
    Movie.objects.create(title="Nobody Knows This One", year=1999)
    assert tasks.apply_waiting_rows(None) == 1
    assert known_of(waiting)["seen"] == [("Nobody Knows This One", None)]

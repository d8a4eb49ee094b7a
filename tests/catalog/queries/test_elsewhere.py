"""What TMDB offers for a search."""

import pytest

from catalog.models import Movie
from catalog.queries.elsewhere import films_elsewhere
from catalog.tmdb.errors import UnavailableError
from tests.stand_in_tmdb import Fault, StandInTmdb, bare, dune

pytestmark = pytest.mark.django_db


@pytest.fixture
def two_dunes(tmdb: StandInTmdb) -> StandInTmdb:
    tmdb.add(dune(), bare(841, "Dune", release_date="1984-12-14"))
    return tmdb


def ids(query: str) -> list[int]:
    return [one.film.tmdb_id for one in films_elsewhere(query, language="en")]


def test_a_title(two_dunes: StandInTmdb) -> None:
    assert set(ids("dune")) == {438631, 841}
    assert ids("no such film") == ids("") == []


def test_a_title_with_its_year(two_dunes: StandInTmdb) -> None:
    assert ids("dune 1984") == [841]
    assert ids("Dune (2021)") == [438631]


def test_a_number_is_a_title(two_dunes: StandInTmdb) -> None:
    two_dunes.add(bare(1917, "Another"), bare(530915, "1917", release_date="2019-12-25"))
    assert ids("1917") == [530915]


@pytest.mark.parametrize(
    "text", ["tt1160419", "https://www.themoviedb.org/movie/438631-dune?language=de"]
)
def test_an_id_or_an_address(two_dunes: StandInTmdb, text: str) -> None:
    assert ids(text) == [438631]


@pytest.mark.parametrize("text", ["tt0000001", "https://www.themoviedb.org/movie/5"])
def test_an_id_of_nothing(two_dunes: StandInTmdb, text: str) -> None:
    assert ids(text) == []


def test_the_same_search_is_asked_once_a_day(two_dunes: StandInTmdb) -> None:
    ids("dune")
    ids("  DUNE ")
    assert len(two_dunes.asked) == 1


def test_films_that_are_here_are_named(two_dunes: StandInTmdb, amelie: Movie) -> None:
    two_dunes.add(bare(194, "Amélie"))
    assert [one.movie for one in films_elsewhere("amélie", language="en")] == [amelie]
    assert [one.movie for one in films_elsewhere("dune 1984", language="en")] == [None]


def test_films_for_adults_are_left_out(tmdb: StandInTmdb) -> None:
    tmdb.add(bare(5, "Dune of Something", adult=True))
    assert ids("dune") == []


def test_a_page_does_not_wait_long(tmdb: StandInTmdb) -> None:
    tmdb.faults = [Fault(429, headers={"Retry-After": "30"})]
    with pytest.raises(UnavailableError):
        ids("dune")

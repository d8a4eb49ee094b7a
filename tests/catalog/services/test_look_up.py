"""Wanted films are looked up by id, else by title and year, and never guessed."""

import pytest

from catalog.models import Movie
from catalog.services.look_up import WantedFilm, look_up
from catalog.tmdb.errors import KeyRefusedError, TmdbOffError
from tests.stand_in_tmdb import Fault, StandInTmdb, bare, dune

pytestmark = pytest.mark.django_db


def titles(*wanted: WantedFilm) -> list[str | None]:
    return [movie and movie.title for _, movie in look_up(wanted)]


def test_by_either_id(tmdb: StandInTmdb) -> None:
    tmdb.add(dune(), bare(7, "Seven"))
    found = titles(WantedFilm(imdb_id=1160419), WantedFilm(tmdb_id=7), WantedFilm(tmdb_id=8))
    assert found == ["Dune", "Seven", None]


def test_by_title_and_year_however_it_is_written(tmdb: StandInTmdb) -> None:
    tmdb.add(dune(), bare(841, "Dune", release_date="1984-12-14"))
    assert titles(WantedFilm(title="DUNE", year=2021)) == ["Dune"]
    assert Movie.objects.get().year == 2021


@pytest.mark.parametrize(
    "wanted",
    [
        WantedFilm(title="Dune", year=2020),
        WantedFilm(title="Dune: Part One", year=2021),
        WantedFilm(title="Dun", year=2021),
        WantedFilm(title="Dune"),
        WantedFilm(year=2021),
        WantedFilm(title="Twins", year=1999),
    ],
)
def test_never_guesses(tmdb: StandInTmdb, wanted: WantedFilm) -> None:
    tmdb.add(dune())
    for key in (1, 2):
        tmdb.add(bare(key, "Twins", release_date="1999-01-01"))
    assert titles(wanted) == [None]
    assert not Movie.objects.exists()


def test_a_film_that_has_come_meanwhile_is_taken(tmdb: StandInTmdb, amelie: Movie) -> None:
    assert titles(WantedFilm(imdb_id=211915)) == ["Amélie"]
    assert tmdb.asked == []


def test_stops_where_tmdb_refuses(tmdb: StandInTmdb) -> None:
    tmdb.faults = [Fault(401)]
    with pytest.raises(KeyRefusedError):
        titles(WantedFilm(tmdb_id=1), WantedFilm(tmdb_id=2))
    assert len(tmdb.asked) == 1


def test_without_a_key(settings: object) -> None:
    with pytest.raises(TmdbOffError):
        titles(WantedFilm(tmdb_id=1))

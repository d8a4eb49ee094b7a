"""A film is added whole, once, or not at all."""

import threading
from datetime import date
from typing import Any

import pytest
from django.db import connection

from catalog.models import (
    FieldProvenance,
    Genre,
    Link,
    Movie,
    Offer,
    Origin,
    Provider,
    Release,
    TmdbRefresh,
)
from catalog.queries.search import search_movies
from catalog.services.add_film import Added, add_film
from catalog.services.waiting_rows import ARRIVED_TASK
from catalog.tmdb.client import Patience, Tmdb
from catalog.tmdb.errors import NotThereError, UnavailableError, UnreadableError
from tests.stand_in_tmdb import Fault, StandInTmdb, bare, dune

pytestmark = pytest.mark.django_db


@pytest.fixture
def arrived(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Keys of films of which a worker is told that they have come."""
    told: list[int] = []

    def send(task: str, keys: list[int]) -> bool:
        assert task == ARRIVED_TASK
        told.extend(keys)
        return True

    monkeypatch.setattr("catalog.services.waiting_rows.send", send)
    return told


def test_a_film_comes_with_everything(
    tmdb: StandInTmdb, arrived: list[int], django_capture_on_commit_callbacks: Any
) -> None:
    tmdb.add(dune())
    with django_capture_on_commit_callbacks(execute=True):
        added = add_film(tmdb_id=438631)
    assert added.created
    assert len(tmdb.asked) == 1
    movie = Movie.objects.get(pk=added.movie.pk)
    assert (movie.title, movie.year, movie.runtime) == ("Dune", 2021, 155)
    assert movie.release_date == date(2021, 9, 15)
    assert movie.collection is not None
    assert movie.collection.name == "Dune Collection"
    assert {genre.slug for genre in movie.genres.all()} == {"science-fiction", "adventure"}
    assert [company.name for company in movie.companies.all()] == ["Legendary Pictures"]
    assert (movie.link.tmdb_id, movie.link.imdb_id) == (438631, "tt1160419")
    assert arrived == [movie.pk]


def test_releases_providers_and_translations_of_the_sites_countries_and_languages(
    tmdb: StandInTmdb,
) -> None:
    tmdb.add(dune())
    movie = add_film(tmdb_id=438631).movie
    releases = Release.objects.filter(movie=movie).values_list("country", "certificate")
    assert set(releases) == {("US", "PG-13"), ("DE", "12")}
    offers = Offer.objects.filter(movie=movie).values_list("country", "kind", "provider__name")
    assert set(offers) == {
        ("US", "flatrate", "Netflix"),
        ("US", "rent", "Apple TV"),
        ("DE", "buy", "Apple TV"),
    }
    assert Provider.objects.count() == 2
    assert movie.translations.get(language="de").title == "Dune: Der Wüstenplanet"


def test_a_translated_title_is_found(tmdb: StandInTmdb) -> None:
    tmdb.add(dune())
    movie = add_film(tmdb_id=438631).movie
    assert search_movies("Der Wustenplanet") == [movie]
    movie = Movie.objects.get(pk=movie.pk)
    movie.save()
    assert search_movies("Der Wüstenplanet") == [movie]


def test_what_tmdb_gave_is_marked_as_its_own(tmdb: StandInTmdb) -> None:
    tmdb.add(dune())
    movie = add_film(tmdb_id=438631).movie
    fields = FieldProvenance.objects.filter(movie=movie, origin=Origin.TMDB)
    assert {"title", "overview", "genres", "collection", "links", "offers"} <= set(
        fields.values_list("field", flat=True)
    )
    assert TmdbRefresh.objects.get(movie=movie).fetched_at is not None


def test_a_film_of_which_next_to_nothing_is_known(tmdb: StandInTmdb) -> None:
    tmdb.add(bare(7, "Some Film"))
    movie = add_film(tmdb_id=7).movie
    assert (movie.year, movie.overview, movie.link.imdb_id) == (None, "", None)
    assert not FieldProvenance.objects.filter(movie=movie, field="overview").exists()


@pytest.mark.parametrize("ids", [{"tmdb_id": 194}, {"imdb_id": "tt0211915"}])
def test_a_film_that_is_here_is_found_without_asking(
    tmdb: StandInTmdb, amelie: Movie, ids: dict[str, Any]
) -> None:
    assert add_film(**ids) == Added(amelie, created=False)
    assert tmdb.asked == []


def test_by_an_imdb_id(tmdb: StandInTmdb) -> None:
    tmdb.add(dune())
    assert add_film(imdb_id="tt1160419").movie.title == "Dune"
    with pytest.raises(NotThereError, match="tt0000009"):
        add_film(imdb_id="tt0000009")


def test_a_film_known_by_its_other_id_gets_no_double(tmdb: StandInTmdb) -> None:
    tmdb.add(dune())
    movie = Movie.objects.create(title="Dune: Part One", year=2021)
    Link.objects.create(movie=movie, imdb_id="tt1160419")
    assert add_film(tmdb_id=438631) == Added(movie, created=False)


def test_a_film_without_ids_is_told_by_title_and_year_and_completed(tmdb: StandInTmdb) -> None:
    tmdb.add(dune())
    drama = Genre.objects.create(name="Drama", slug="drama")
    movie = Movie.objects.create(title="dune!", year=2021)
    movie.genres.add(drama)
    Link.objects.create(movie=movie, ml_100k_id=5)
    added = add_film(tmdb_id=438631)
    assert added == Added(movie, created=False)
    assert added.movie.title == "dune!", "the dataset's title stays"
    assert list(added.movie.genres.all()) == [drama], "and so do its genres"
    assert added.movie.overview
    assert (added.movie.link.tmdb_id, added.movie.link.ml_100k_id) == (438631, 5)


@pytest.mark.parametrize(("title", "year"), [("Dune", 1984), ("Dune: Part Two", 2021)])
def test_another_year_or_title_is_another_film(tmdb: StandInTmdb, title: str, year: int) -> None:
    tmdb.add(dune())
    Movie.objects.create(title=title, year=year)
    assert add_film(tmdb_id=438631).created


def test_an_id_that_disagrees_makes_another_film(tmdb: StandInTmdb) -> None:
    tmdb.add(dune())
    Link.objects.create(movie=Movie.objects.create(title="Dune", year=2021), tmdb_id=99)
    assert add_film(tmdb_id=438631).created


@pytest.mark.parametrize(
    ("fault", "error"),
    [(Fault(500), UnavailableError), (Fault(body=b"nonsense"), UnreadableError)],
)
def test_an_answer_that_fails_writes_nothing(
    tmdb: StandInTmdb, fault: Fault, error: type[Exception]
) -> None:
    tmdb.add(dune())
    tmdb.faults = [fault]
    impatient = Tmdb(Patience(answer_seconds=1, attempts=1, total_seconds=1))
    with pytest.raises(error):
        add_film(tmdb_id=438631, tmdb=impatient)
    assert not Movie.objects.exists()


def test_needs_an_id() -> None:
    with pytest.raises(ValueError, match="by its id"):
        add_film()


@pytest.mark.django_db(transaction=True)
def test_two_at_once_make_one_film(tmdb: StandInTmdb) -> None:
    tmdb.add(dune())
    tmdb.faults = [Fault(seconds=0.3), Fault(seconds=0.3)]  # both have asked before either writes
    added: list[Added] = []

    def add() -> None:
        added.append(add_film(tmdb_id=438631))
        connection.close()

    threads = [threading.Thread(target=add) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Movie.objects.count() == 1
    assert sorted(one.created for one in added) == [False, True]

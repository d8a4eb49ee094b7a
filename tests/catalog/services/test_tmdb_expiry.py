"""What TMDB's terms let the site keep no longer is dropped, and nothing else."""

from datetime import timedelta

import pytest
from django.utils import timezone

from catalog.models import ChartEntry, FieldProvenance, Movie
from catalog.services.add_film import add_film
from catalog.services.provenance import set_lock
from catalog.services.tmdb_expiry import drop_old
from catalog.services.tmdb_film import write_film
from catalog.tmdb.films import film_record
from tests.stand_in_tmdb import StandInTmdb, dune

pytestmark = pytest.mark.django_db


@pytest.fixture
def movie(tmdb: StandInTmdb) -> Movie:
    tmdb.add(dune())
    return add_film(tmdb_id=438631).movie


def age(movie: Movie, days: int) -> None:
    FieldProvenance.objects.filter(movie=movie).update(
        written_at=timezone.now() - timedelta(days=days)
    )


def test_six_months_old_data_go(movie: Movie) -> None:
    age(movie, 181)
    assert drop_old() == 1
    movie = Movie.objects.get(pk=movie.pk)
    assert (movie.overview, movie.poster_path, movie.runtime, movie.collection) == (
        "",
        "",
        None,
        None,
    )
    for name in ("genres", "companies", "translations", "releases", "offers"):
        assert not getattr(movie, name).exists(), name
    assert drop_old() == 0


def test_title_year_and_ids_stay_so_that_ratings_keep_their_film(movie: Movie) -> None:
    age(movie, 181)
    drop_old()
    movie = Movie.objects.get(pk=movie.pk)
    assert (movie.title, movie.year, movie.link.tmdb_id) == ("Dune", 2021, 438631)


def test_younger_data_stay(movie: Movie) -> None:
    age(movie, 179)
    assert drop_old() == 0
    assert Movie.objects.get(pk=movie.pk).overview


def test_what_an_editor_locked_stays(movie: Movie) -> None:
    set_lock(movie, "overview", locked=True)
    age(movie, 181)
    drop_old()
    assert Movie.objects.get(pk=movie.pk).overview


def test_what_a_dataset_said_stays(amelie: Movie) -> None:
    write_film(film_record(dune()), into=amelie)
    age(amelie, 181)
    drop_old()
    amelie = Movie.objects.get(pk=amelie.pk)
    assert (amelie.runtime, amelie.genres.count()) == (122, 2)
    assert amelie.overview
    assert amelie.poster_path == ""


def test_old_charts_go(movie: Movie) -> None:
    long_ago = timezone.now() - timedelta(days=181)
    ChartEntry.objects.create(chart="now", position=1, movie=movie, fetched_at=long_ago)
    drop_old()
    assert not ChartEntry.objects.exists()

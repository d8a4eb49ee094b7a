"""A refresh writes what TMDB may write, and nothing else."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone

from catalog.models import FieldProvenance, Movie, Origin, TmdbRefresh
from catalog.services.add_film import add_film
from catalog.services.provenance import record_origin, set_lock
from catalog.services.tmdb_film import days_until_next, write_film
from catalog.tmdb.films import film_record
from tests.stand_in_tmdb import StandInTmdb, dune

pytestmark = pytest.mark.django_db


@pytest.fixture
def movie(tmdb: StandInTmdb) -> Movie:
    tmdb.add(dune())
    return add_film(tmdb_id=438631).movie


def refreshed(movie: Movie, **changes: Any) -> Movie:
    return write_film(film_record({**dune(), **changes}), into=movie)


def test_what_came_from_tmdb_follows_it(movie: Movie) -> None:
    movie = refreshed(
        movie, title="Dune: Part One", overview="", runtime=156, genres=[{"id": 1, "name": "Drama"}]
    )
    movie = Movie.objects.get(pk=movie.pk)
    assert (movie.title, movie.overview, movie.runtime) == ("Dune: Part One", "", 156)
    assert [genre.name for genre in movie.genres.all()] == ["Drama"]
    assert movie.search_title.startswith("\ndune part one\n")


def test_a_locked_field_stays(movie: Movie) -> None:
    Movie.objects.filter(pk=movie.pk).update(overview="As our editor tells it.")
    record_origin([movie], ["overview", "genres", "translations"], Origin.EDITOR, lock=True)
    movie = refreshed(
        movie,
        overview="TMDB's",
        genres=[{"id": 1, "name": "Drama"}],
        translations={"translations": []},
    )
    movie = Movie.objects.get(pk=movie.pk)
    assert movie.overview == "As our editor tells it."
    assert movie.genres.count() == 2
    assert set(movie.translations.values_list("language", flat=True)) == {"de", "fr"}
    assert FieldProvenance.objects.get(movie=movie, field="overview").origin == Origin.EDITOR


def test_a_released_lock_lets_the_next_refresh_write(movie: Movie) -> None:
    set_lock(movie, "overview", locked=True)
    refreshed(movie, overview="Later.")
    set_lock(movie, "overview", locked=False)
    assert refreshed(movie, overview="Later.").overview == "Later."


def test_what_a_dataset_said_stays_but_for_what_ages(amelie: Movie) -> None:
    Movie.objects.filter(pk=amelie.pk).update(vote_count=5, poster_path="/old.jpg", budget=None)
    movie = write_film(film_record({**dune(), "id": 194}), into=amelie)
    assert (movie.title, movie.year, movie.runtime) == ("Amélie", 2001, 122)
    assert {genre.name for genre in movie.genres.all()} == {"Comedy", "Drama"}
    assert (movie.vote_count, movie.poster_path, movie.budget) == (11000, "/dune.jpg", 165000000)
    origins = dict(FieldProvenance.objects.filter(movie=movie).values_list("field", "origin"))
    assert origins["poster_path"] == Origin.TMDB
    assert "title" not in origins
    assert "genres" not in origins


def test_an_untitled_film_of_a_dataset_gets_its_title(db: None) -> None:
    movie = Movie.objects.create(title="Untitled film tt1160419")
    assert write_film(film_record(dune()), into=movie).title == "Dune"


def test_a_refresh_does_not_have_the_catalog_read_anew(movie: Movie) -> None:
    from django.db.models.signals import post_save

    saved: list[Movie] = []

    def listen(instance: Movie, **_: Any) -> None:
        saved.append(instance)

    post_save.connect(listen, sender=Movie)
    refreshed(movie, popularity=1.5)
    post_save.disconnect(listen, sender=Movie)
    assert saved == []
    assert Movie.objects.get(pk=movie.pk).popularity == 1.5


@pytest.mark.parametrize(
    ("released", "days"),
    [
        (None, 3),
        (date(2027, 1, 1), 3),
        (date(2026, 10, 1), 3),
        (date(2026, 3, 1), 14),
        (date(2023, 1, 1), 60),
        (date(1954, 1, 1), 150),
    ],
)
def test_new_films_are_looked_at_often_and_old_ones_rarely(
    released: date | None, days: int
) -> None:
    assert days_until_next(released, date(2026, 11, 29)) == days


def test_the_next_look_is_noted(movie: Movie) -> None:
    due = TmdbRefresh.objects.get(movie=movie).due_at
    assert timedelta(days=2) < due - timezone.now() < timedelta(days=151)

"""A few films to look at, and pages without collected static files."""

from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AbstractUser
from django.core.cache import cache
from django.test import Client

from catalog import predictions
from catalog.models import Collection, Company, Country, Genre, Language, Link, Movie
from tests.stand_in_tmdb import tmdb

__all__ = ["tmdb"]


@pytest.fixture(autouse=True)
def fresh_cache() -> None:
    """What an earlier test's catalog was like must not be remembered."""
    cache.clear()


@pytest.fixture(autouse=True)
def nobody_predicts(monkeypatch: pytest.MonkeyPatch) -> None:
    """The catalog by itself: what a recommender says is not asked for."""
    monkeypatch.setattr(predictions, "_predictor", predictions._nobody)


@pytest.fixture
def plain_static(settings: Any) -> None:
    """Pages can be rendered without collecting the static files first."""
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }


@pytest.fixture
def genres(db: None) -> dict[str, Genre]:
    names = ("Comedy", "Drama", "Horror")
    return {name: Genre.objects.create(name=name, slug=name.lower()) for name in names}


@pytest.fixture
def amelie(genres: dict[str, Genre]) -> Movie:
    """A film of which everything is known."""
    movie = Movie.objects.create(
        title="Amélie",
        original_title="Le Fabuleux Destin d'Amélie Poulain",
        year=2001,
        release_date="2001-04-25",
        runtime=122,
        overview="At a tiny Parisian café, a shy waitress changes lives.",
        tagline="One person can change your life forever.",
        original_language="fr",
        budget=10_000_000,
        collection=Collection.objects.create(tmdb_id=1, name="Montmartre"),
    )
    Link.objects.create(movie=movie, movielens_id=4973, imdb_id="tt0211915", tmdb_id=194)
    movie.genres.add(genres["Comedy"], genres["Drama"])
    movie.countries.add(Country.objects.create(code="FR", name="France"))
    movie.companies.add(Company.objects.create(tmdb_id=2, name="UGC"))
    movie.spoken_languages.add(Language.objects.create(code="fr", name="Français"))
    return movie


@pytest.fixture
def films(genres: dict[str, Genre]) -> list[Movie]:
    """Sixty plain films, one a year from 1950; every third one is a horror film."""
    made = [
        Movie.objects.create(
            title=f"Film {n:02}",
            year=1950 + n,
            release_date=f"{1950 + n}-06-01",
            runtime=60 + 2 * n,
        )
        for n in range(60)
    ]
    for n, movie in enumerate(made):
        movie.genres.add(genres["Horror" if n % 3 == 0 else "Drama"])
    return made


@pytest.fixture
def ada(db: None) -> AbstractUser:
    user: AbstractUser = get_user_model().objects.create_user("ada", "ada@example.org", "secret")
    return user


@pytest.fixture
def member(ada: AbstractUser, client: Client) -> Client:
    """A browser in which Ada is logged in."""
    client.force_login(ada)
    return client

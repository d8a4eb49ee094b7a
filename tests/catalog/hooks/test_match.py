"""A film is found by its id, then by title and year, and never against an id."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import AbstractUser

from catalog.folding import fold
from catalog.hooks.match import find_films
from catalog.models import WatchEvent
from tests.catalog.hooks.conftest import film

pytestmark = pytest.mark.django_db


@pytest.fixture
def cinema(db: None) -> dict[str, int]:
    films = {
        "matrix": film("The Matrix", 1999, imdb_id="tt0133093", tmdb_id=603),
        "heat": film("Heat", 1995, imdb_id="tt0113277", tmdb_id=949),
        "heat 1986": film("Heat", 1986, tmdb_id=31_059),
        "crash 2004": film("Crash", 2004),
        "crash again": film("Crash", 2004),
        "bare": film("Ordet", 1955),
        "original": film("Amélie", 2001, "Le Fabuleux Destin d'Amélie Poulain", tmdb_id=194),
    }
    return {name: movie.pk for name, movie in films.items()}


@pytest.mark.parametrize(
    ("told", "name"),
    [
        ({"imdb_id": "tt0133093"}, "matrix"),
        ({"tmdb_id": 603, "title": "Matrix, The", "year": 2003}, "matrix"),
        ({"imdb_id": "tt0133093", "tmdb_id": 603}, "matrix"),
        ({"title": "the matrix", "year": 1999}, "matrix"),
        ({"title": "The Matrix", "year": 2000}, "matrix"),
        ({"title": "The Matrix"}, "matrix"),
        ({"title": "Le fabuleux destin d’Amelie Poulain", "year": 2001}, "original"),
        ({"title": "Heat", "year": 1995}, "heat"),
        ({"title": "Heat", "year": 1986, "imdb_id": "tt0093164"}, "heat 1986"),
        ({"title": "Ordet", "year": 1955, "imdb_id": "tt0048452"}, "bare"),
        # Ids that contradict each other, or the film of that title.
        ({"imdb_id": "tt0133093", "tmdb_id": 949}, None),
        ({"imdb_id": "tt0133093", "tmdb_id": 604}, None),
        ({"imdb_id": "tt9999999", "title": "The Matrix", "year": 1999}, None),
        ({"tmdb_id": 555, "title": "Heat", "year": 1995}, None),
        ({"imdb_id": "tt0048452", "title": "Ordet", "year": 1956}, None),
        ({"imdb_id": "tt0048452", "title": "Ordet"}, None),
        # One title of several films.
        ({"title": "Crash", "year": 2004}, None),
        ({"title": "Heat"}, None),
        ({"title": "Heat", "year": 1990}, None),
        ({"title": "The Matrix", "year": 2003}, None),
        ({"title": "Nothing of the kind", "year": 1999}, None),
    ],
)
def test_which_film_is_meant(
    ada: AbstractUser, cinema: dict[str, int], told: dict[str, Any], name: str | None
) -> None:
    title = told.get("title", "")
    event = WatchEvent.objects.create(user=ada, server="plain", key="k", folded=fold(title), **told)
    assert find_films([event]) == ({event.pk: cinema[name]} if name else {})

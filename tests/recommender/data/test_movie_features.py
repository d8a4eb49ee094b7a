"""What a model may learn of films: nothing that came from TMDB."""

import numpy as np
import pytest

from catalog.models import Genre, Movie, Origin
from catalog.services.provenance import record_origin
from recommender.data.movie_features import FEWEST_FILMS, movie_features

pytestmark = pytest.mark.django_db

FIELDS = ("genres", "year", "original_language")


@pytest.fixture
def movies() -> list[Movie]:
    """As many as a property needs, and one more."""
    drama = Genre.objects.create(name="Drama", slug="drama")
    made = [
        Movie.objects.create(title=f"Film {n}", year=1994, original_language="fr")
        for n in range(FEWEST_FILMS + 1)
    ]
    for movie in made:
        movie.genres.add(drama)
    return made


def properties(movies: list[Movie]) -> list[int]:
    """How many properties are known of each film."""
    items = np.array([0, *(movie.pk for movie in movies)])
    return list(np.diff(movie_features(items).indptr))[1:]


def test_genre_decade_and_language(movies: list[Movie]) -> None:
    assert properties(movies) == [3] * len(movies)


@pytest.mark.parametrize("field", FIELDS)
def test_a_field_of_tmdb_is_unknown(movies: list[Movie], field: str) -> None:
    record_origin([movies[-1]], [field], Origin.TMDB)
    assert properties(movies) == [3] * (len(movies) - 1) + [2]


@pytest.mark.parametrize("origin", [Origin.DATASET, Origin.EDITOR])
def test_a_field_of_anybody_else_is_known(movies: list[Movie], origin: Origin) -> None:
    record_origin([movies[-1]], FIELDS, origin)
    assert properties(movies) == [3] * len(movies)

"""What is known of films besides their ratings, and what of it a model may learn from."""

import numpy as np
import pytest

from catalog.models import Collection, Genre, Movie, Origin
from catalog.services.credits import set_credits, set_keywords
from catalog.services.provenance import record_origin
from catalog.tmdb.records import CreditRecord, KeywordRecord
from recommender.data.movie_features import (
    DIRECTOR,
    KEYWORD,
    KIND_BITS,
    MovieFeatures,
    content_marks,
    mark_content,
    read_movie_features,
)


@pytest.fixture
def film(db: None) -> Movie:
    movie = Movie.objects.create(
        title="Ran",
        year=1985,
        original_language="ja",
        collection=Collection.objects.create(tmdb_id=5, name="Kings"),
    )
    movie.genres.add(Genre.objects.create(name="Drama", slug="drama"))
    return movie


def kinds_of(features: MovieFeatures) -> list[int]:
    return sorted((features.codes >> KIND_BITS).tolist())


def test_genres_collection_decade_and_language_are_features(film: Movie) -> None:
    features = read_movie_features(for_fit=True)
    assert set(features.movie_ids.tolist()) == {film.pk}
    assert kinds_of(features) == [0, 1, 2, 3]


def test_keywords_and_directors_are_features_where_known(film: Movie) -> None:
    kurosawa = CreditRecord(5026, "Akira Kurosawa", "", "crew", "Director", "", 0)
    nakadai = CreditRecord(70131, "Tatsuya Nakadai", "", "cast", "", "Hidetora", 0)
    set_credits(film, [kurosawa, nakadai], origin=Origin.EDITOR)
    set_keywords(film, [KeywordRecord(1, "samurai")], origin=Origin.TMDB)
    assert kinds_of(read_movie_features(for_fit=True)) == [0, 1, 2, 3, DIRECTOR]
    assert kinds_of(read_movie_features(for_fit=False)) == [0, 1, 2, 3, KEYWORD, DIRECTOR]


def test_a_decade_has_the_same_code_everywhere(film: Movie) -> None:
    features = read_movie_features(for_fit=True)
    assert features.codes[2] == (2 << KIND_BITS) + 198


@pytest.mark.parametrize(
    ("field", "left"),
    [("genres", [1, 2, 3]), ("collection", [0, 2, 3]), ("year", [0, 1, 3])],
)
def test_what_tmdb_gave_enters_no_fit(film: Movie, field: str, left: list[int]) -> None:
    record_origin([film], [field], Origin.TMDB)
    assert kinds_of(read_movie_features(for_fit=True)) == left
    assert kinds_of(read_movie_features(for_fit=False)) == [0, 1, 2, 3]
    record_origin([film], [field], Origin.EDITOR)
    assert kinds_of(read_movie_features(for_fit=True)) == [0, 1, 2, 3]


def test_only_what_several_films_have_is_learned_from() -> None:
    genre, collection = 7, (1 << KIND_BITS) + 7
    features = MovieFeatures(
        np.array([1, 2, 3, 4, 1, 2, 3]), np.array([genre] * 4 + [collection] * 2 + [collection + 1])
    )
    assert features.known_often().tolist() == [collection]
    matrix = features.matrix(np.array([0, 1, 2, 3]), features.known_often())
    assert matrix.toarray().ravel().tolist() == [0, 1, 1, 0]


def test_films_with_the_same_features_have_the_same_mark() -> None:
    codes = np.array([3, 5, (1 << KIND_BITS) + 3])
    places, features = np.array([0, 0, 1, 1, 2, 3]), np.array([0, 1, 1, 0, 0, 2])
    marks = mark_content(5, places, codes[features])
    assert marks[0] == marks[1]
    assert len(set(marks.tolist())) == 4
    assert marks[4] == 0
    matrix = MovieFeatures(places, codes[features]).matrix(np.arange(5), codes)
    assert content_marks(matrix, codes).tolist() == marks.tolist()

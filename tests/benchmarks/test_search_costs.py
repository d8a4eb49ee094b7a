"""What searches and lists of films ask of the database, however many films there are."""

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext

from catalog.models import Movie
from catalog.queries.search import MOST_ALIKE, matches_of
from catalog.rendering.language_names import spoken_choices

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("words", "most"), [("the", 20), ("love", 20), ("the man", 40)])
def test_how_a_film_matches_is_worked_out_once(words: str, most: int) -> None:
    for number in range(6):
        Movie.objects.create(title=f"{words} {number}")
    with CaptureQueriesContext(connection) as asked:
        assert len(matches_of(words, 240, Movie.objects.suitable())) == 6
    [ranked] = [query["sql"] for query in asked.captured_queries if "CASE" in query["sql"]]
    # A third of all films has "the", and each is compared as often as the statement says.
    assert ranked.count(" LIKE ") <= most


@pytest.mark.parametrize("words", ["%%%", "🎬", "___", "the " * 25])
def test_what_has_no_letters_is_compared_with_no_title(words: str) -> None:
    with CaptureQueriesContext(connection) as asked:
        assert matches_of(words, 240, Movie.objects.suitable()) == {}
    assert not [query for query in asked.captured_queries if "%>" in query["sql"]]


def test_a_few_of_the_titles_that_are_like_a_word_are_ranked() -> None:
    film = Movie.objects.create(title="The Grand Hotel")
    with CaptureQueriesContext(connection) as asked:
        assert list(matches_of("thee " * 20, 240, Movie.objects.suitable())) == [film.pk]
    [alike] = [query["sql"] for query in asked.captured_queries if "%>" in query["sql"]]
    assert f"LIMIT {MOST_ALIKE}" in alike
    assert alike.count("thee") == 1, "said twenty times it means the same"


def test_of_a_long_query_the_beginning_is_compared() -> None:
    title = "Dr. Strangelove or: How I Learned to Stop Worrying and Love the Bomb"
    film = Movie.objects.create(title=title)
    with CaptureQueriesContext(connection) as asked:
        misspelt = title.replace("Learned", "Lernd").replace("Strange", "Strang")
        assert list(matches_of(misspelt, 20, Movie.objects.suitable())) == [film.pk]
        assert matches_of("w" * 99, 20, Movie.objects.suitable()) == {}
    alike = [query["sql"] for query in asked.captured_queries if "%>" in query["sql"]]
    assert len(alike) == 2
    assert "w" * 51 not in alike[1]


def test_what_is_suitable_is_counted_without_reading_films() -> None:
    for number in range(30):
        Movie.objects.create(title=f"Film {number}", original_language="en", overview="It " * 200)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE catalog_movie")
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off")
    cache.clear()  # of what another test was offered
    with CaptureQueriesContext(connection) as asked:
        assert Movie.objects.suitable().count() == 30
        assert dict(spoken_choices())
    assert len(asked) >= 2
    for query in asked.captured_queries:
        if "COUNT(" in query["sql"]:
            assert "Index Only Scan using catalog_movie_suitable" in _plan(query["sql"])


def _plan(sql: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN {sql}")
        return "\n".join(line for (line,) in cursor.fetchall())

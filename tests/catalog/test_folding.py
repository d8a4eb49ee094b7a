"""Titles with digits in their words are found by what they say; names that look like one."""

from importlib import import_module

import pytest
from django.apps import apps

from catalog.folding import as_read, look_of, looks_of
from catalog.models import Movie
from catalog.queries.search import resolve_title, search_movies


@pytest.mark.parametrize(
    ("folded", "read"),
    [
        ("se7en", "seven"),
        ("s1m0ne", "simone"),
        ("fant4stic", "fantastic"),
        ("2001 a space odyssey", "2001 a space odyssey"),
        ("alien3", "alien3"),
        ("apollo 13", "apollo 13"),
        ("10cloverfield", "10cloverfield"),
        ("thir13en ghosts", "thir13en ghosts"),
    ],
)
def test_reading(folded: str, read: str) -> None:
    assert as_read(folded) == read


@pytest.fixture
def films(db: None) -> None:
    for title, votes in {"Se7en": 90, "Seven Samurai": 40, "Seventh Son": 99, "S1m0ne": 5}.items():
        Movie.objects.create(title=title, vote_count=votes)


@pytest.mark.parametrize("query", ["seven", "Se7en", "SEVEN"])
def test_both_spellings_find_the_film_first(films: None, query: str) -> None:
    assert search_movies(query)[0].title == "Se7en"
    assert resolve_title(query).exact


def test_it_is_still_one_film_and_sorted_by_its_title(films: None) -> None:
    assert [movie.title for movie in search_movies("simone")] == ["S1m0ne"]
    movie = Movie.objects.get(title="Se7en")
    assert movie.search_title == "\nse7en\nseven\n"


def test_films_from_before_get_their_readings(films: None) -> None:
    Movie.objects.filter(title="Se7en").update(search_title="\nse7en\nsept\n")
    import_module("catalog.migrations.0006_titles_as_read").add_readings(apps, None)
    assert Movie.objects.get(title="Se7en").search_title == "\nse7en\nsept\nseven\n"
    assert Movie.objects.get(title="Seventh Son").search_title == "\nseventh son\n"


@pytest.mark.parametrize(
    "other", ["IDA", "Ida", "ｉｄａ", "idа", "ІDA", "ida", "ιda", "1da", "lda", "іdа"]
)
def test_these_look_like_ida(other: str) -> None:
    assert look_of(other) == look_of("ida")


@pytest.mark.parametrize("other", ["ada", "ida-7", "idaa", "idä", "i.da", "Идa", "井田"])
def test_these_do_not(other: str) -> None:
    assert look_of(other) != look_of("ida")


@pytest.mark.parametrize("name", ["Müller", "иван", "井田", "ida.lupino+1"])
def test_a_name_looks_like_itself_in_capitals(name: str) -> None:
    assert look_of(name) == look_of(name.upper()) == look_of(look_of(name))


def test_capitals_may_look_like_others_than_small_letters_do() -> None:
    assert look_of("Nick") in looks_of("Νick")
    assert look_of("Hera") in looks_of("Нera")

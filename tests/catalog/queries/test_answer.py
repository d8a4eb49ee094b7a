"""What a search box answers when a name is misspelt."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from catalog.models import Movie, Person
from catalog.queries import people as people_module
from catalog.queries.answer import Answer, answer
from catalog.queries.people import NameMatch, find_similar_people
from tests.catalog.people import credit, kubrick

pytestmark = pytest.mark.django_db


@pytest.fixture
def films() -> None:
    kubrick()
    film = Movie.objects.create(title="Jackie Brown", year=1997, vote_count=80)
    credit(film, Person.objects.create(name="Quentin Tarantino"))
    credit(film, Person.objects.create(name="Agnès Varda"), position=1)
    Person.objects.create(name="Kubrin Without Films")
    for title in ("Tarantula", "The Matrix", "Stanley", "Heat"):
        Movie.objects.create(title=title, vote_count=10)


def ask(query: str) -> Answer:
    return answer(query, films=9, people=3, within=Movie.objects.suitable())


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("Kubrik", "Stanley Kubrick"),
        ("kubrikk", "Stanley Kubrick"),
        ("stanly kubrick", "Stanley Kubrick"),
        ("Kubrick Stanley", "Stanley Kubrick"),
        ("Tarantno", "Quentin Tarantino"),
        ("Quintin Tarrantino", "Quentin Tarantino"),
        ("agnes vardar", "Agnès Varda"),
    ],
)
def test_a_misspelt_name_finds_the_person(films: None, query: str, name: str) -> None:
    found = ask(query)
    assert [one.name for one in found.people] == [name]
    assert not found.is_good, "TMDB may know better"


def test_the_films_of_a_misspelt_name_come_before_titles_less_like_it(films: None) -> None:
    assert next(str(movie) for movie in ask("Tarantno").movies()) == "Jackie Brown (1997)"
    assert [movie.title for movie in ask("Kubrik").movies()] == [
        "The Shining",
        "A Clockwork Orange",
        "Paths of Glory",
    ]


@pytest.mark.parametrize(
    ("query", "title"), [("the matrx", "The Matrix"), ("stanley", "Stanley"), ("Heatt", "Heat")]
)
def test_a_title_as_near_comes_alone(films: None, query: str, title: str) -> None:
    found = ask(query)
    assert next(movie.title for movie in found.movies()) == title
    assert [one.name for one in found.people] in ([], ["Stanley Kubrick"])


@pytest.mark.parametrize("query", ["", "kub", "kbrk", "12345", "kubrik2", "zzzzzzzz", "%", "\x00"])
def test_nobody_is_like_everything(films: None, query: str) -> None:
    assert find_similar_people(query, limit=3) == []


@pytest.mark.parametrize("query", ["%%%%%", "🎬" * 5, "anna anna"])
def test_what_means_nobody_is_not_looked_for(query: str) -> None:
    with CaptureQueriesContext(connection) as asked:
        assert find_similar_people(query, limit=3) == []
    assert not asked.captured_queries


def test_a_first_name_alone_makes_nobody_alike(films: None) -> None:
    for surname in ("Maon", "Bergma", "Karina"):
        credit(Movie.objects.create(title=surname), Person.objects.create(name=f"Anna {surname}"))
    assert find_similar_people("anna xqzw", limit=3) == []
    for query in ("anna brgm", "mr anna brgma"):
        assert [one.person.name for one in find_similar_people(query, limit=3)] == ["Anna Bergma"]


def test_of_two_near_names_the_better_known_is_first(films: None) -> None:
    credit(Movie.objects.create(title="Short"), Person.objects.create(name="Ben Kubric"))
    Movie.objects.filter(title="The Shining").update(rating_count=900, half_star_sum=7200)
    for one in ("Kubrikk", "Kubrich"):
        assert find_similar_people(one, limit=1)[0].person.name == "Stanley Kubrick"
        assert find_similar_people(one, limit=1)[0].match is NameMatch.SIMILAR


def test_without_trigrams_nobody_is_guessed(films: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(people_module, "has_trigrams", lambda: False)
    assert find_similar_people("Kubrik", limit=3) == []


def test_what_is_spelt_well_costs_no_further_query(films: None) -> None:
    for query in ("kubrick", "Stanley Kubrick", "the matrix", "tarantula"):
        with CaptureQueriesContext(connection) as queries:
            assert ask(query).is_good
        assert not [one for one in queries.captured_queries if "strict_word" in one["sql"]]

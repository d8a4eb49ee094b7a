"""People found by name, and what they did."""

import pytest
from pytest_django import DjangoAssertNumQueries

from catalog.models import Department, Movie, Person
from catalog.queries.people import NameMatch, credits_of, filmography, find_people
from catalog.queries.search import search_movies
from tests.catalog.people import credit, kubrick

pytestmark = pytest.mark.django_db


def names(query: str, limit: int = 5) -> list[str]:
    return [one.person.name for one in find_people(query, limit=limit)]


@pytest.fixture
def people() -> None:
    kubrick()
    film = Movie.objects.create(title="Full Metal Jacket", year=1987)
    for number, name in enumerate(("Vivian Kubrick", "Agnès Varda", "Bo Kubricky", "100% Guy")):
        credit(film, Person.objects.create(name=name), Department.MUSIC, position=number)
    Person.objects.create(name="Kubrick Without Films")


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("kubrick", "Stanley Kubrick"),
        ("Stanley Kubrick", "Stanley Kubrick"),
        ("stanley kub", "Stanley Kubrick"),
        ("VIVIAN", "Vivian Kubrick"),
        ("agnes varda", "Agnès Varda"),
        ("Varda", "Agnès Varda"),
        ("100%", "100% Guy"),
    ],
)
def test_the_first_person_found(people: None, query: str, first: str) -> None:
    assert names(query)[0] == first


def test_words_come_before_beginnings_and_nobody_without_films(people: None) -> None:
    found = find_people("kubrick", limit=9)
    assert [(one.person.name, one.match) for one in found] == [
        ("Stanley Kubrick", NameMatch.HAS_WORDS),
        ("Vivian Kubrick", NameMatch.HAS_WORDS),
        ("Bo Kubricky", NameMatch.BEGINS_WORD),
    ]
    assert find_people("stanley kubrick", limit=1)[0].match is NameMatch.EXACT


@pytest.mark.parametrize("query", ["", "ku", "ubrick", "%", "___", "\x00", "\\", "zzzzz"])
def test_nobody_is_found_without_a_fuss(people: None, query: str) -> None:
    assert names(query) == []


def test_a_name_finds_the_films(people: None) -> None:
    found = search_movies("kubrick", people=find_people("kubrick", limit=3))
    assert [movie.title for movie in found] == [
        "The Shining",
        "A Clockwork Orange",
        "Paths of Glory",
        "Full Metal Jacket",
    ]
    assert search_movies("kubrick") == []


def test_a_title_comes_before_the_films_of_a_person(people: None) -> None:
    Movie.objects.create(title="Kubrick Remembered")
    Movie.objects.create(title="Unkubricklike")
    found = search_movies("kubrick", people=find_people("kubrick", limit=3))
    assert [movie.title for movie in found][:2] == ["Kubrick Remembered", "The Shining"]
    assert "Unkubricklike" not in [movie.title for movie in found]


def test_a_whole_name_finds_the_films_of_that_person_alone(people: None) -> None:
    found = search_movies("Vivian Kubrick", people=find_people("Vivian Kubrick", limit=3))
    assert [movie.title for movie in found] == ["Full Metal Jacket"]


def test_half_a_name_suggests_no_films(people: None) -> None:
    assert search_movies("kubr", people=find_people("kubr", limit=3)) == []


def test_search_narrows_the_films_of_a_person(people: None) -> None:
    early = Movie.objects.filter(year__lt=1975)
    found = search_movies("kubrick", within=early, people=find_people("kubrick", limit=3))
    assert [movie.title for movie in found] == ["A Clockwork Orange", "Paths of Glory"]


def test_finding_people_takes_two_queries(
    people: None, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(2):
        find_people("kubrick", limit=5)
    with django_assert_num_queries(1):
        find_people("nobody so named", limit=5)


def test_a_film_names_each_person_once_in_a_department(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    person, films = kubrick()
    film = films[0]
    for place, job in enumerate(("Screenplay", "Story"), start=1):
        credit(film, person, Department.WRITING, job=job, position=place)
    star = Person.objects.create(name="Jack Nicholson")
    credit(film, star, Department.ACTING, character="Jack", position=3)
    with django_assert_num_queries(1):
        people = credits_of(film)
    assert [one.person.name for one in people.directors] == ["Stanley Kubrick"]
    assert [(department, len(credits)) for department, credits in people.crew] == [
        (Department.WRITING, 1)
    ]
    assert [one.character for one in people.cast] == ["Jack"]
    assert people
    assert not credits_of(Movie.objects.create(title="Nobody's"))


def test_films_stand_in_time_order_by_department() -> None:
    person, films = kubrick()
    credit(films[0], person, Department.WRITING, job="Screenplay", position=1)
    credit(films[0], person, Department.WRITING, job="Story", position=2)
    undated = Movie.objects.create(title="Lost")
    credit(undated, person)
    credit(Movie.objects.create(title="Not for all", year=1960, adult=True), person)
    sections = filmography(person).sections
    assert [department for department, _ in sections] == [Department.DIRECTING, Department.WRITING]
    directed = [Movie.objects.get(pk=role.movie_id).title for role in sections[0][1]]
    assert directed == ["Paths of Glory", "A Clockwork Orange", "The Shining", "Lost"]
    assert [role.what for role in sections[0][1]] == [""] * 4
    assert [role.what for role in sections[1][1]] == ["Screenplay, Story"]

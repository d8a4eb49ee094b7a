"""A film's credits and keywords: replaced whole, with their origin, and kept where locked."""

from dataclasses import replace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from catalog.models import Credit, Department, FieldProvenance, Keyword, Movie, Origin, Person
from catalog.services.credits import (
    CAST_KEPT,
    kept_credits,
    set_credits,
    set_keywords,
)
from catalog.services.provenance import set_lock
from catalog.tmdb.records import CreditRecord, KeywordRecord

pytestmark = pytest.mark.django_db

KUBRICK = CreditRecord(240, "Stanley Kubrick", "/k.jpg", "crew", "Director", "", 0)
NICHOLSON = CreditRecord(514, "Jack Nicholson", "/n.jpg", "cast", "", "Jack Torrance", 0)


@pytest.fixture
def shining() -> Movie:
    return Movie.objects.create(title="The Shining", year=1980)


def lines(movie: Movie) -> list[tuple[str, str, str, str]]:
    return [
        (credit.person.name, credit.department, credit.job, credit.character)
        for credit in movie.credits.select_related("person").order_by("position")
    ]


def test_cast_and_crew_are_stored_with_their_origin(shining: Movie) -> None:
    assert set_credits(shining, [KUBRICK, NICHOLSON], origin=Origin.TMDB)
    assert lines(shining) == [
        ("Jack Nicholson", "acting", "", "Jack Torrance"),
        ("Stanley Kubrick", "directing", "Director", ""),
    ]
    assert shining.provenance.get().field == "credits"
    assert shining.provenance.get().origin == Origin.TMDB
    person = Person.objects.get(tmdb_id=240)
    assert (person.search_name, person.profile_path) == (" stanley kubrick ", "/k.jpg")


def test_a_second_time_replaces_and_counts_right(shining: Movie) -> None:
    set_credits(shining, [KUBRICK, NICHOLSON])
    duvall = replace(NICHOLSON, tmdb_person_id=10409, name="Shelley Duvall", character="Wendy")
    set_credits(shining, [KUBRICK, duvall])
    assert [line[0] for line in lines(shining)] == ["Shelley Duvall", "Stanley Kubrick"]
    counts = dict(Person.objects.values_list("name", "credit_count"))
    assert counts == {"Stanley Kubrick": 1, "Jack Nicholson": 0, "Shelley Duvall": 1}
    shining.delete()
    assert set(Person.objects.values_list("credit_count", flat=True)) == {0}


def test_a_credit_that_goes_to_somebody_else_is_counted_there(shining: Movie) -> None:
    set_credits(shining, [KUBRICK])
    other = Person.objects.create(name="S. Kubrick")
    Credit.objects.get().delete()
    moved = Credit.objects.create(
        movie=shining, person=Person.objects.get(tmdb_id=240), department=Department.MUSIC
    )
    Credit.objects.filter(pk=moved.pk).update(person=other)
    counts = dict(Person.objects.values_list("name", "credit_count"))
    assert counts == {"Stanley Kubrick": 0, "S. Kubrick": 1}


def test_the_same_again_writes_no_credit(shining: Movie) -> None:
    set_credits(shining, [KUBRICK, NICHOLSON])
    keys = set(Credit.objects.values_list("pk", flat=True))
    with CaptureQueriesContext(connection) as captured:
        set_credits(shining, [KUBRICK, NICHOLSON])
    assert set(Credit.objects.values_list("pk", flat=True)) == keys
    written = [query["sql"] for query in captured if not query["sql"].startswith("SELECT")]
    assert not [sql for sql in written if "catalog_person" in sql or "catalog_credit" in sql]


def test_locked_credits_and_keywords_are_left_alone(shining: Movie) -> None:
    set_credits(shining, [KUBRICK], origin=Origin.EDITOR)
    for field in ("credits", "keywords"):
        set_lock(shining, field, locked=True)
    assert not set_credits(shining, [NICHOLSON])
    assert not set_keywords(shining, [KeywordRecord(1, "hotel")])
    assert [line[0] for line in lines(shining)] == ["Stanley Kubrick"]
    assert not Keyword.objects.exists()
    assert FieldProvenance.objects.get(field="credits").origin == Origin.EDITOR


def test_names_are_renewed_but_for_those_of_an_editor(shining: Movie) -> None:
    set_credits(shining, [KUBRICK])
    renamed = replace(KUBRICK, name="S. Kubrick")
    set_credits(shining, [renamed])
    assert Person.objects.get().search_name == " s kubrick "
    Person.objects.update(locked=True)
    set_credits(shining, [KUBRICK])
    assert Person.objects.get().name == "S. Kubrick"


def test_the_first_twenty_of_the_cast_and_four_departments_are_kept() -> None:
    cast = [
        CreditRecord(100 + n, f"Actor {n}", "", "cast", "", f"Role {n}", n)
        for n in reversed(range(30))
    ]
    crew = [
        replace(KUBRICK, tmdb_person_id=n, name=job, job=job)
        for n, job in enumerate(
            (
                "Director",
                "Screenplay",
                "Director of Photography",
                "Original Music Composer",
                "Producer",
                "Stunts",
            ),
            start=1,
        )
    ]
    kept = kept_credits([*cast, *crew])
    actors = [one.name for one in kept if one.department is Department.ACTING]
    assert actors == [f"Actor {n}" for n in range(CAST_KEPT)]
    assert [one.department for one in kept[CAST_KEPT:]] == [
        Department.DIRECTING,
        Department.WRITING,
        Department.PHOTOGRAPHY,
        Department.MUSIC,
    ]


def test_two_characters_of_one_actor_are_one_credit() -> None:
    kept = kept_credits(
        [NICHOLSON, replace(NICHOLSON, character="Delbert", order=3), KUBRICK, KUBRICK]
    )
    assert [one.character for one in kept] == ["Jack Torrance / Delbert", ""]


@pytest.mark.parametrize(
    "wrong",
    [
        replace(KUBRICK, tmdb_person_id=0),
        replace(KUBRICK, tmdb_person_id=2**31),
        replace(KUBRICK, name="  "),
    ],
)
def test_lines_that_name_nobody_are_left_out(wrong: CreditRecord) -> None:
    assert kept_credits([wrong]) == []


def test_a_path_that_is_none_and_long_texts_are_cut() -> None:
    odd = replace(NICHOLSON, profile_path="http://elsewhere/x.jpg", character="x" * 900)
    (kept,) = kept_credits([odd])
    assert (kept.profile_path, len(kept.character)) == ("", 300)


def test_keywords_are_replaced(shining: Movie) -> None:
    set_keywords(shining, [KeywordRecord(1, "hotel"), KeywordRecord(2, "snow")])
    set_keywords(shining, [KeywordRecord(2, "snowstorm"), KeywordRecord(3, " ")])
    assert [keyword.name for keyword in shining.keywords.all()] == ["snowstorm"]
    assert shining.provenance.get(field="keywords").origin == Origin.TMDB

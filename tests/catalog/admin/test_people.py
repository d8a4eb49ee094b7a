"""People and credits in the admin: found, changed, and kept from then on."""

from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from catalog.models import Credit, Department, Keyword, Movie, Person
from tests.catalog.people import credit, kubrick

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("plain_static")]
LISTS = ("person", "credit", "keyword")


@pytest.fixture
def staff(client: Client) -> Client:
    root = get_user_model().objects.create_superuser("root", "root@example.org", "secret")
    client.force_login(root, "django.contrib.auth.backends.ModelBackend")
    return client


def queries(staff: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert staff.get(address).status_code == 200
    return len(captured)


def add(start: int, count: int) -> None:
    for number in range(start, start + count):
        person = Person.objects.create(name=f"Person {number}")
        credit(Movie.objects.create(title=f"Film {number}"), person)
        Keyword.objects.create(tmdb_id=number + 1, name=f"word {number}")


@pytest.mark.parametrize("name", LISTS)
def test_a_longer_list_takes_no_more_queries(staff: Client, name: str) -> None:
    add(0, 3)
    address = f"/admin/catalog/{name}/"
    staff.get(address)
    few = queries(staff, address)
    add(3, 20)
    assert queries(staff, address) == few
    assert few <= 8


def test_the_page_of_a_person_takes_no_query_for_each_credit(staff: Client) -> None:
    person, films = kubrick()
    address = f"/admin/catalog/person/{person.pk}/change/"
    staff.get(address)
    few = queries(staff, address)
    for film in films:
        credit(film, person, Department.WRITING, job="Screenplay")
    assert queries(staff, address) == few


@pytest.mark.parametrize(
    ("name", "term", "found"),
    [
        ("person", "kubr", 1),
        ("person", "STANLEY KUBRICK", 1),
        ("person", "240", 1),
        ("person", "nobody", 0),
        ("credit", "kubrick", 3),
        ("credit", "shining", 1),
    ],
)
def test_people_and_credits_are_found(staff: Client, name: str, term: str, found: int) -> None:
    kubrick()
    answer = staff.get(f"/admin/catalog/{name}/", {"q": term})
    assert answer.context["cl"].result_count == found


def test_a_field_completes_names(staff: Client) -> None:
    person, _ = kubrick()
    asked = {"term": "kubr", "app_label": "catalog", "model_name": "credit", "field_name": "person"}
    answer = staff.get("/admin/autocomplete/", asked).json()
    assert answer["results"] == [{"id": str(person.pk), "text": "Stanley Kubrick"}]


def form_of(person: Person, **changed: Any) -> dict[str, Any]:
    return {
        "name": person.name,
        "tmdb_id": person.tmdb_id or "",
        "profile_path": person.profile_path,
        "credits-TOTAL_FORMS": 0,
        "credits-INITIAL_FORMS": 0,
        **changed,
    }


def test_a_changed_name_is_searched_and_kept(staff: Client) -> None:
    person, _ = kubrick()
    address = f"/admin/catalog/person/{person.pk}/change/"
    assert staff.post(address, form_of(person, name="Stanley K.")).status_code == 302
    person.refresh_from_db()
    assert (person.search_name, person.locked) == (" stanley k ", True)
    assert person.credits.count() == 3
    staff.post(address, form_of(person))  # takes the tick away
    person.refresh_from_db()
    assert not person.locked


def test_credits_that_an_editor_touched_are_locked(staff: Client) -> None:
    person, films = kubrick()
    form = {"movie": films[1].pk, "person": person.pk, "department": "writing", "position": 1}
    assert staff.post("/admin/catalog/credit/add/", {**form, "job": "Novel"}).status_code == 302
    made = Credit.objects.get(job="Novel")
    assert films[1].provenance.get().field == "credits"
    assert (films[1].provenance.get().origin, films[1].provenance.get().locked) == ("editor", True)
    moved = {**form, "movie": films[2].pk, "job": "Novel"}
    staff.post(f"/admin/catalog/credit/{made.pk}/change/", moved)
    assert films[2].provenance.get().locked
    first = films[0].credits.get()
    staff.post(f"/admin/catalog/credit/{first.pk}/delete/", {"post": "yes"})
    assert films[0].provenance.get().locked

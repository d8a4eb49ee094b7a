"""People in the API, and who made a film."""

import pytest
from django.test import Client

from catalog.models import Department, Person
from tests.catalog.people import credit, kubrick

pytestmark = pytest.mark.django_db


def test_a_film_names_its_directors_and_cast(client: Client) -> None:
    director, films = kubrick()
    star = Person.objects.create(name="Jack Nicholson")
    credit(films[0], star, Department.ACTING, character="Jack Torrance", position=1)
    answer = client.get(f"/api/v1/movies/{films[0].pk}").json()
    assert answer["directors"] == [
        {
            "id": director.pk,
            "name": "Stanley Kubrick",
            "tmdb_id": 240,
            "image_url": "http://testserver/images/w185/kubrick.jpg",
        }
    ]
    assert [(one["person"]["name"], one["character"]) for one in answer["cast"]] == [
        ("Jack Nicholson", "Jack Torrance")
    ]
    assert answer["cast"][0]["person"]["image_url"] is None


def test_a_person_has_films_in_time_order(client: Client) -> None:
    person, _ = kubrick()
    answer = client.get(f"/api/v1/people/{person.pk}").json()
    assert answer["name"] == "Stanley Kubrick"
    listed = [(one["movie"]["year"], one["department"], one["role"]) for one in answer["credits"]]
    assert listed == [(year, "directing", "") for year in (1957, 1971, 1980)]
    assert client.get("/api/v1/people/987654321").status_code == 404
    assert client.get(f"/api/v1/people/{2**63}").status_code == 422


def test_people_and_their_films_are_searched(client: Client) -> None:
    person, films = kubrick()
    answer = client.get("/api/v1/people", {"search": "kubrick"}).json()
    assert (answer["count"], answer["items"][0]["id"]) == (1, person.pk)
    found = client.get("/api/v1/movies", {"search": "kubrick"}).json()
    assert found["items"][0]["id"] == films[0].pk
    assert found["count"] == 3
    assert client.get("/api/v1/people").status_code == 422

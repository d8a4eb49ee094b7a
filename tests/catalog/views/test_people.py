"""The page of a person, and how search leads there."""

import pytest
from django.contrib.auth.models import AbstractUser
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from catalog.models import Department, Movie, Person
from catalog.services.ratings import rate
from tests.catalog.people import credit, kubrick
from tests.markup import flat

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("plain_static")]


def test_films_stand_in_time_order_with_the_members_stars(
    member: Client, ada: AbstractUser
) -> None:
    person, films = kubrick()
    rate(user_id=ada.pk, movie=films[2], half_stars=9)
    answer = member.get(person.get_absolute_url())
    shown = flat(answer)
    places = [
        shown.index(title) for title in ("Paths of Glory", "A Clockwork Orange", "The Shining")
    ]
    assert places == sorted(places)
    assert "you rated 1: 4.5 stars" in shown
    assert "<span data-your-stars>4.5</span>" in shown


def test_an_old_name_leads_to_the_new_address(client: Client) -> None:
    person, _ = kubrick()
    assert person.get_absolute_url() == f"/people/{person.pk}-stanley-kubrick/"
    for old in (f"/people/{person.pk}-s-kubrick/", f"/people/{person.pk}/"):
        answer = client.get(old)
        assert (answer.status_code, answer["Location"]) == (301, person.get_absolute_url())
    assert client.get("/people/987654321-nobody/").status_code == 404


def test_a_name_without_latin_letters_has_an_address(client: Client) -> None:
    person = Person.objects.create(name="黒澤明")
    assert person.get_absolute_url() == f"/people/{person.pk}-person/"
    answer = client.get(person.get_absolute_url())
    assert "No film of this site names 黒澤明." in flat(answer)


def test_queries_do_not_grow_with_the_films(
    member: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    person, _ = kubrick()
    member.get(person.get_absolute_url())
    for number in range(30):
        credit(Movie.objects.create(title=f"Film {number}"), person, Department.ACTING)
    with django_assert_num_queries(4):  # user; person; credits; films with the member's stars
        member.get(person.get_absolute_url())


def test_the_header_suggests_people_and_lists_collect_films_only(client: Client) -> None:
    person, films = kubrick()
    shown = client.get("/search/?q=kubrick").content.decode()
    assert person.get_absolute_url() in shown
    assert films[0].get_absolute_url() in shown
    boxed = client.get(
        "/search/?q=kubrick", headers={"HX-Request": "true", "HX-Target": "add-suggestions"}
    ).content.decode()
    assert person.get_absolute_url() not in boxed
    assert films[0].get_absolute_url() in boxed


def test_the_list_of_films_finds_by_a_name(client: Client) -> None:
    person, films = kubrick()
    answer = client.get("/movies/", {"q": "kubrick"})
    assert answer.context["movies"][0] == films[0]
    assert person.get_absolute_url() in answer.content.decode()


def test_a_film_names_director_cast_and_crew(client: Client) -> None:
    director, films = kubrick()
    star = Person.objects.create(name="Jack Nicholson")
    composer = Person.objects.create(name="Wendy Carlos")
    credit(films[0], star, Department.ACTING, character="Jack Torrance", position=1)
    credit(films[0], composer, Department.MUSIC, job="Original Music Composer", position=2)
    shown = flat(client.get(films[0].get_absolute_url()))
    assert "Directed by" in shown
    for person in (director, star, composer):
        assert f'href="{person.get_absolute_url()}"' in shown
    assert "Jack Torrance" in shown
    assert ">JN<" in shown, "initials stand where there is no picture"

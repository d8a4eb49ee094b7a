"""Characters that the database cannot hold are refused on every page, and nothing is written."""

from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from catalog.models import Movie, MovieList

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("plain_static")]


@pytest.fixture
def member() -> Client:
    client = Client()
    client.force_login(get_user_model().objects.create_user("ada"))
    return client


@pytest.mark.parametrize(
    "address", ["/%00", "/members/a%00b/", "/movies/1-%00/", "/images/w92/%00.jpg", "/hooks/%00"]
)
def test_an_address_with_nul_leads_nowhere(client: Client, address: str) -> None:
    assert client.get(address).status_code == 404


@pytest.mark.parametrize(
    "address",
    ["/movies/?q=%00", "/movies/?%00=1", "/search/?q=a%00", "/accounts/login/?next=%00", "/?a=%00"],
)
def test_a_query_with_nul_makes_no_sense(client: Client, address: str) -> None:
    answer = client.get(address)
    assert answer.status_code == 400
    assert b"That was no request of ours" in answer.content


def test_a_cookie_with_nul_makes_no_sense(client: Client) -> None:
    client.cookies["sessionid"] = "abcdefgh\0"
    assert client.get("/movies/").status_code == 400


@pytest.mark.parametrize("sent", [{"title": "a\0b"}, {"title": "a", "b\0": "c"}])
def test_a_form_with_nul_writes_nothing(member: Client, sent: dict[str, Any]) -> None:
    assert member.post("/lists/new/", sent).status_code == 400
    assert not MovieList.objects.exists()


@pytest.mark.parametrize("text", [" ", "\t", "true", "½", "0x5", "9" * 400, "", "nan"])
def test_stars_that_are_none_are_refused(member: Client, text: str) -> None:
    movie = Movie.objects.create(title="Alone")
    changed = {"movie": movie.pk, "do": "rate", "stars": text}
    diary = {"watched_on": "2026-01-01", "stars": text}
    for address, sent in (
        (f"/movies/{movie.pk}/rate/", {"rating": text}),
        ("/ratings/change/", changed),
        (f"/movies/{movie.pk}/diary/", diary),
    ):
        answer = member.post(address, sent, headers={"HX-Request": "true"})
        assert answer.status_code < 500, (address, answer.status_code)
    assert not movie.ratings.exists()

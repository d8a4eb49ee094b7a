"""The pages with all films of a row."""

import pytest
from django.test import Client

from catalog.models import Movie
from tests.recommender.world import World

pytestmark = pytest.mark.usefixtures("plain_static")


@pytest.fixture
def client(world: World) -> Client:
    world.publish()
    client = Client()
    client.force_login(world.fan_of_even())
    return client


def test_every_row_of_home_leads_to_its_page(client: Client) -> None:
    home = client.get("/")
    assert len(home.context["rows"]) > 3
    for row in home.context["rows"]:
        assert f'href="/rows/{row.page}/"' in home.content.decode()
        answer = client.get(f"/rows/{row.page}/")
        assert answer.context["row"].title == row.title
        assert answer.context["cards"]


def test_filters_narrow_the_page_alone(client: Client, world: World) -> None:
    comedy = world.genres[1]
    asked = {"genre": comedy.pk, "decade": "1970", "length": "120"}
    cards = client.get("/rows/watch-next/", asked).context["cards"]
    assert cards
    for card in cards:
        movie = Movie.objects.get(pk=card.movie.pk)
        assert 1970 <= (movie.year or 0) <= 1979
        assert (movie.runtime or 0) < 120
        assert comedy in movie.genres.all()
    assert len(client.get("/rows/watch-next/").context["cards"]) == 48


def test_what_claims_stars_is_in_their_order_over_all_pages(client: Client) -> None:
    shown = []
    for page in (1, 2):
        cards = client.get("/rows/top-picks/", {"page": page}).context["cards"]
        shown += [round(card.predicted_rating, 1) for card in cards]
    assert shown == sorted(shown, reverse=True)


@pytest.mark.parametrize("key", ["nothing", "because-", "because-x", f"because-{'9' * 30}"])
def test_a_row_that_is_none_is_not_found(client: Client, key: str) -> None:
    assert client.get(f"/rows/{key}/").status_code == 404


def test_wrong_filters_are_passed_over_and_visitors_may_look(client: Client) -> None:
    assert client.get("/rows/popular/", {"genre": "x", "decade": "y"}).context["cards"]
    assert Client().get("/rows/popular/").context["cards"]
    assert Client().get("/rows/top-picks/").status_code == 200


@pytest.mark.parametrize("wrong", ["gener=1", "genre=none-such", "decade=1975"])
def test_what_the_page_cannot_filter_by_is_named(client: Client, wrong: str) -> None:
    name = wrong.partition("=")[0]
    answer = client.get(f"/rows/watch-next/?{wrong}&page=1&length=120")
    assert answer.context["left_out"] == [name]
    assert f"cannot filter by “{name}”" in answer.content.decode()
    assert client.get("/rows/watch-next/?length=120").context["left_out"] == []

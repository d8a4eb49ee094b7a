"""My services: chosen in the settings, a filter of rows, lists and film lists."""

import pytest
from django.contrib.auth.models import AbstractUser
from django.test import Client

from catalog.models import (
    MovieList,
    MovieListEntry,
    Offer,
    Provider,
    StreamingChoice,
    WatchlistEntry,
)
from recommender.serving.live_catalog import live_catalog
from tests.recommender.conftest import artifacts, fresh_process, plain_static, world
from tests.recommender.world import World

__all__ = ["artifacts", "fresh_process", "plain_static", "world"]

pytestmark = pytest.mark.usefixtures("plain_static")


@pytest.fixture
def providers(world: World) -> list[Provider]:
    """The first has films 10 to 29 in the US, the second one there for rent, and all in Austria."""
    first, second = (Provider.objects.create(tmdb_id=n, name=f"Service {n}") for n in (1, 2))
    for movie in world.movies[10:30]:
        Offer.objects.create(movie=movie, provider=first, country="US", kind="flatrate")
    Offer.objects.create(movie=world.movies[40], provider=second, country="US", kind="rent")
    for movie in world.movies:
        Offer.objects.create(movie=movie, provider=second, country="AT", kind="flatrate")
    live_catalog.forget()
    return [first, second]


@pytest.fixture
def ada(world: World) -> AbstractUser:
    world.publish()
    return world.fan_of_even()


@pytest.fixture
def client(ada: AbstractUser, providers: list[Provider]) -> Client:
    client = Client()
    client.force_login(ada)
    return client


def choose(client: Client, *providers: Provider, **more: str) -> None:
    keys = [one.pk for one in providers]
    answer = client.post("/preferences/services/", {"provider": keys, **more})
    assert answer.status_code == 302


def test_the_settings_offer_what_is_included_in_the_country(
    client: Client, providers: list[Provider]
) -> None:
    offered = client.get("/preferences/services/").context["providers"]
    assert [(one.name, one.films, chosen) for one, chosen in offered] == [("Service 1", 20, False)]
    choose(client, providers[0])
    ((_, chosen),) = client.get("/preferences/services/").context["providers"]
    assert chosen
    assert "JustWatch" in client.get("/preferences/services/").content.decode()
    choose(client)
    assert not StreamingChoice.objects.exists()


def test_where_nothing_is_known_nothing_is_offered(world: World) -> None:
    client = Client()
    client.force_login(world.fan_of_even())
    page = client.get("/preferences/services/").content.decode()
    assert "does not know yet where films can be watched" in page
    assert "On my services" not in client.get("/").content.decode()


def test_rows_can_be_narrowed_to_them_and_back(
    client: Client, world: World, providers: list[Provider]
) -> None:
    mine = {movie.pk for movie in world.movies[10:30]}
    choose(client, providers[0])

    def shown(address: str) -> set[int]:
        context = client.get(address).context
        cards = context.get("cards", ())
        rows = context.get("rows", ())
        return {card.movie.pk for card in cards} | {c.movie.pk for row in rows for c in row.cards}

    assert not shown("/") <= mine
    client.post("/preferences/services/only/", {"on": "1"})
    for address in ("/", "/watch-next/", "/rows/top-picks/"):
        assert shown(address), address
        assert shown(address) <= mine, address
    home = client.get("/")
    assert home.context["tonight"].card.movie.pk in mine
    assert home.context["tonight"].where == ("Service 1",)
    assert home.context["filters_active"]
    api = client.get("/api/v1/me/recommendations?n=50").json()
    assert {item["movie"]["id"] for item in api["items"]} <= mine
    client.post("/preferences/services/only/", {"on": "0"})
    assert not shown("/") <= mine


def test_only_mine_without_services_leads_to_them(client: Client) -> None:
    answer = client.post("/preferences/services/only/", {"on": "1"})
    assert answer["Location"] == "/preferences/services/"


def test_film_list_watchlist_and_lists_can_be_narrowed(
    client: Client, world: World, ada: AbstractUser, providers: list[Provider]
) -> None:
    films = MovieList.objects.create(user=ada, title="All")
    for place in (12, 50):
        movie = world.movies[place]
        WatchlistEntry.objects.create(user=ada, movie=movie)
        MovieListEntry.objects.create(list=films, movie=movie, position=place)
    listed = films.get_absolute_url()
    for address in ("/movies/", "/watchlist/", listed):
        assert "services" not in client.get(address).content.decode().split("<main")[1]
    choose(client, providers[0])
    assert client.get("/movies/?services=mine").context["page"].paginator.count == 20
    assert client.get("/movies/").context["page"].paginator.count == 60
    for address in ("/watchlist/", listed):
        assert len(client.get(address).context["cards"]) == 2
        narrowed = client.get(f"{address}?services=mine")
        assert len(narrowed.context["cards"]) == 1
        assert "Film 12" in narrowed.content.decode()


def test_cards_name_the_service_that_has_the_film(
    client: Client, world: World, ada: AbstractUser, providers: list[Provider]
) -> None:
    films = MovieList.objects.create(user=ada, title="All")
    for place in (12, 50):
        WatchlistEntry.objects.create(user=ada, movie=world.movies[place])
        MovieListEntry.objects.create(list=films, movie=world.movies[place], position=place)
    listed = films.get_absolute_url()
    for address in ("/", "/movies/", "/watchlist/", listed):
        assert "film-service" not in client.get(address).content.decode(), address
    choose(client, providers[0])
    for address in ("/watchlist/", listed):
        page = client.get(address).content.decode()
        assert page.count('<p class="film-service">On Service 1</p>') == 1, address
    mine = {f"Film {place}" for place in range(10, 30)}
    for address in ("/", "/movies/", "/rows/top-picks/"):
        page = client.get(address).content.decode()
        cards = page.split('<article class="film')[1:]
        with_service = [card for card in cards if "film-service" in card]
        assert with_service, address
        assert all(any(f">{title}</a>" in card for title in mine) for card in with_service)
        assert "JustWatch" in page


def test_visitors_have_none(world: World) -> None:
    assert Client().get("/preferences/services/").status_code == 302
    assert Client().get("/movies/?services=mine").status_code == 200

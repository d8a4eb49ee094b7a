"""Watch together: what a group asks for, the reasons of each, and the start of a movie night."""

from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AbstractUser
from django.test import Client
from django.utils import timezone

from catalog.models import Friendship, MovieNight, Offer, Provider, Sharing, StreamingChoice
from catalog.services.seen import mark_seen
from recommender.serving.live_catalog import live_catalog
from tests.recommender.world import World

pytestmark = pytest.mark.usefixtures("plain_static")


@pytest.fixture
def pair(world: World, client: Client) -> tuple[Client, AbstractUser]:
    """Ada's browser, and her friend Leo, who likes the same films."""
    world.publish()
    ada, leo = world.fan_of_even(), world.fan_of_even(8, "leo")
    Friendship.objects.create(sender=ada, receiver=leo, accepted_at=timezone.now())
    client.force_login(ada)
    return client, leo


def cards(client: Client, **query: Any) -> list[Any]:
    found: list[Any] = client.get("/together/", {"member": "leo", **query}).context["cards"]
    return found


def test_what_one_of_them_has_seen_is_left_out(
    pair: tuple[Client, AbstractUser], world: World
) -> None:
    client, leo = pair
    first = cards(client)[0].movie.pk
    mark_seen(user_id=leo.pk, movie=cards(client)[0].movie)
    assert first not in [card.movie.pk for card in cards(client)]


def test_length_genre_language_and_service_narrow_the_films(
    pair: tuple[Client, AbstractUser], world: World, settings: Any
) -> None:
    client, _leo = pair
    lengths = {movie.pk: movie.runtime or 0 for movie in world.movies}
    assert {lengths[card.movie.pk] < 90 for card in cards(client, length="90")} == {True}
    comedy = world.genres[1].pk
    assert {card.movie.pk in world.odd for card in cards(client, genre=comedy)} == {True}
    french = {movie.pk for movie in world.movies if movie.original_language == "fr"}
    assert {card.movie.pk in french for card in cards(client, language="fr")} == {True}
    service = Provider.objects.create(tmdb_id=8, name="Filmstream")
    country = settings.MATINEE_COUNTRIES[0]
    Offer.objects.create(movie=world.movies[20], provider=service, country=country, kind="flatrate")
    assert [card.movie.pk for card in cards(client, service=service.pk)] == [world.movies[20].pk]
    assert len(cards(client, length="x", genre="0", service="999")) == len(cards(client))


def test_what_a_service_of_either_has_can_be_asked_for_and_whose_is_not_told(
    pair: tuple[Client, AbstractUser], world: World
) -> None:
    client, leo = pair
    ada = get_user_model().objects.exclude(pk=leo.pk).get(username="ada")
    hers, his = (Provider.objects.create(tmdb_id=n, name=f"Service {n}") for n in (1, 2))
    for movies, service, country in (
        (world.movies[10:30], hers, "US"),
        (world.movies[30:50], his, "AT"),
    ):
        for movie in movies:
            Offer.objects.create(movie=movie, provider=service, country=country, kind="flatrate")
    live_catalog.forget()
    assert "A service of ours" not in client.get("/together/?member=leo").content.decode()
    StreamingChoice.objects.create(user=leo, country="AT", providers=[his.pk])
    first, second = ({movie.pk for movie in world.movies[n : n + 20]} for n in (10, 30))

    def shown(**query: Any) -> set[int]:
        return {card.movie.pk for card in cards(client, **query)}

    assert shown(service="ours") <= second
    StreamingChoice.objects.create(user=ada, country="US", providers=[hers.pk], only_mine=True)
    both = shown()
    assert both <= first | second
    assert both & first
    assert both & second
    assert both == shown(service="ours")
    page = client.get("/together/?member=leo").content.decode()
    assert "On Service 2" not in page
    StreamingChoice.objects.filter(user=ada).update(only_mine=False)
    assert not shown() <= first | second


def test_each_has_a_reason_and_who_hides_ratings_has_none_named(
    pair: tuple[Client, AbstractUser], world: World
) -> None:
    client, leo = pair
    (_ada, *_, hers), (_leo, *_, his) = cards(client)[0].members
    assert hers is not None
    assert his is not None
    assert hers.pk in world.even
    Sharing.objects.create(user=leo, shares_ratings=False)
    (_ada, *_, hers), (_leo, *_, his) = cards(client)[0].members
    assert hers is not None
    assert his is None


def test_a_movie_night_begins_with_the_films_of_the_group(
    pair: tuple[Client, AbstractUser], world: World
) -> None:
    client, _leo = pair
    best = [card.movie.pk for card in cards(client)][:20]
    fields = {"member": "leo", "people": "4", "minutes": "30"}
    answer = client.post("/together/night/", fields)
    night = MovieNight.objects.get()
    assert answer["Location"] == f"/night/{night.code}/"
    assert night.movie_ids == best
    assert night.people == 4
    client.post("/together/night/", {**fields, "people": "99"})
    assert MovieNight.objects.count() == 1


def test_what_the_page_cannot_filter_by_is_named(pair: tuple[Client, AbstractUser]) -> None:
    client, _leo = pair
    answer = client.get("/together/", {"member": "leo", "gener": "1", "length": "90"})
    assert answer.context["left_out"] == ["gener"]
    assert "cannot filter by “gener”" in answer.content.decode()

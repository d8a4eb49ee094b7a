"""New since the last visit."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from catalog.models import Friendship, Movie, MovieList
from catalog.services.ratings import rate
from recommender.models import HomeVisit
from tests.recommender.world import World

pytestmark = pytest.mark.usefixtures("plain_static")


@pytest.fixture
def client(world: World) -> Client:
    world.publish()
    Movie.objects.update(created_at=timezone.now() - timedelta(days=30))
    client = Client()
    client.force_login(world.fan_of_even())
    return client


def comes_back(client: Client, hours: float = 30) -> Any:
    """The news on a visit so many hours after the last one."""
    HomeVisit.objects.update(latest=timezone.now() - timedelta(hours=hours))
    return client.get("/").context["news"]


def texts(news: Any) -> list[str]:
    return [item.text for item in news.items] if news else []


def test_nothing_is_new_on_the_first_visit(client: Client) -> None:
    assert client.get("/").context["news"] is None
    visit = HomeVisit.objects.get()
    assert visit.before is None
    assert "top-picks" in visit.rows_latest


def test_ratings_and_lists_of_friends_who_show_them(client: Client, world: World) -> None:
    client.get("/")
    ada = int(client.session["_auth_user_id"])
    grace, linus = world.member("grace"), world.member("linus")
    shy = world.member("shy", shares_ratings=False)
    for friend in (grace, shy):
        Friendship.objects.create(sender=friend, receiver_id=ada, accepted_at=timezone.now())
    HomeVisit.objects.update(latest=timezone.now() - timedelta(hours=3))
    for other in (grace, shy, linus):
        rate(user_id=other.pk, movie=world.movies[40], half_stars=9)
        MovieList.objects.create(user=other, title=f"By {other}", is_public=other != shy)
    said = texts(client.get("/").context["news"])
    assert "grace gave Film 40 4.5 stars" in said
    assert "grace changed the list “By grace”" in said
    assert not any("shy" in text or "linus" in text for text in said)
    assert texts(client.get("/").context["news"]) == said, "for as long as the visit lasts"


def test_films_that_were_added(client: Client) -> None:
    client.get("/")
    HomeVisit.objects.update(latest=timezone.now() - timedelta(hours=3))
    for name, popularity in (("Newcomer", 9), ("Late", 8), ("Later", 7)):
        Movie.objects.create(title=name, popularity=popularity)
    said = texts(client.get("/").context["news"])
    assert "3 films were added, Newcomer, Late among them" in said


def test_a_row_that_appeared_because_the_models_learned(client: Client, world: World) -> None:
    client.get("/")
    HomeVisit.objects.update(rows_latest=["top-picks"], latest=timezone.now() - timedelta(hours=3))
    world.publish("factorization")
    answer = client.get("/")
    assert "The models have learned: “Watch next”" in texts(answer.context["news"])
    assert "watch-next" in answer.context["news"].new_rows
    assert "New since your last visit" in answer.content.decode()


def test_a_short_pause_is_no_new_visit(client: Client) -> None:
    client.get("/")
    assert comes_back(client, hours=1) is None
    assert HomeVisit.objects.get().before is None

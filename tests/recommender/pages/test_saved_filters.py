"""Filters of visitors: kept in the session, named by addresses, shared with them."""

from typing import Any

import pytest
from django.http import QueryDict
from django.test import Client
from django.urls import reverse

from recommender.models import Preferences
from recommender.pages.saved_filters import SESSION_KEY, named_filters, query_of, without_filters
from recommender.serving.filters import Filters
from tests.recommender.world import World

pytestmark = pytest.mark.usefixtures("plain_static")

ADDRESS = "/preferences/recommendations/"
CHOICES = {"popularity": "0.5", "diversity": "0.3", "year_from": "1980", "languages": ["fr"]}


@pytest.fixture
def visitor(world: World) -> Client:
    world.publish()
    return Client()


def years(answer: Any) -> set[int]:
    context = answer.context
    cards = context.get("cards") or [card for row in context["rows"] for card in row.cards]
    assert cards
    return {card.movie.year for card in cards}


def test_a_visitors_choices_hold_on_home_and_watch_next(visitor: Client, world: World) -> None:
    watched = {"movie": world.even[:2]}
    assert min(years(visitor.get("/"))) < 1980
    assert min(years(visitor.get("/watch-next/", watched))) < 1980
    assert visitor.get(ADDRESS).status_code == 200
    assert visitor.post(ADDRESS, CHOICES).url == reverse("recommender:home")
    for page in (visitor.get("/"), visitor.get("/watch-next/", watched)):
        assert min(years(page)) >= 1980
        assert page.context["filters_active"]
    kept = visitor.get(ADDRESS).context["form"]
    assert kept["year_from"].value() == 1980
    assert kept["languages"].value() == ["fr"]
    assert kept["popularity"].value() == 0.5
    assert not Preferences.objects.exists()


def test_a_visitor_can_go_back_to_all_films(visitor: Client, world: World) -> None:
    visitor.post(ADDRESS, CHOICES)
    visitor.post(ADDRESS, {"reset": "1"})
    assert SESSION_KEY not in visitor.session
    assert min(years(visitor.get("/"))) < 1980


def test_nothing_is_kept_of_who_chooses_nothing(visitor: Client) -> None:
    visitor.get("/")
    visitor.get(ADDRESS)
    assert not visitor.cookies.get("sessionid")


def test_choosing_leads_back_to_the_list_that_asked(visitor: Client, world: World) -> None:
    page = f"/watch-next/?movie={world.even[0]}&year_from=1990"
    back = f"/watch-next/?movie={world.even[0]}"
    assert visitor.post(ADDRESS, {**CHOICES, "next": page}).url == back
    elsewhere = visitor.post(ADDRESS, {**CHOICES, "next": "https://elsewhere.example/"})
    assert elsewhere.url == reverse("recommender:home")


def test_a_shared_list_brings_its_filters_and_changes_nobodys(
    visitor: Client, world: World
) -> None:
    visitor.post(ADDRESS, {**CHOICES, "next": "/watch-next/"})
    page = visitor.get("/watch-next/", {"movie": world.even[:2]})
    share = page.context["share"]
    friend = Client()
    shared = friend.get(f"/watch-next/?{share}")
    assert [card.movie.pk for card in shared.context["cards"]] == [
        card.movie.pk for card in page.context["cards"]
    ]
    assert f'data-copy-address="?{share.replace("&", "&amp;")}"' in page.content.decode()
    assert not friend.cookies.get("sessionid")
    assert min(years(friend.get("/"))) < 1980


def test_the_address_wins_over_what_is_kept_and_stays_while_films_are_added(
    visitor: Client, world: World
) -> None:
    visitor.post(ADDRESS, CHOICES)
    query = {"movie": world.even[0], "year_from": "1995", "year_to": "2000"}
    page = visitor.get("/watch-next/", query)
    assert years(page) <= set(range(1995, 2001))
    added = visitor.get("/watch-next/", {**query, "title": "Film 05"})
    assert added.status_code == 302
    assert added.url.endswith("&year_from=1995&year_to=2000")
    assert years(visitor.get("/", {"year_from": "1995"})) <= set(range(1995, 2010))


@pytest.mark.parametrize("wrong", ["year_from=x", "popularity=7", "include_genres=1&year_from=-1"])
def test_filters_that_make_no_sense_are_passed_over(visitor: Client, wrong: str) -> None:
    assert named_filters(QueryDict(wrong)) is None
    assert visitor.get(f"/watch-next/?{wrong}").status_code == 200


def test_an_address_says_what_differs_from_the_defaults(visitor: Client, world: World) -> None:
    genres = tuple(genre.pk for genre in world.genres[:2])
    filters = Filters(include_genres=genres, runtime_to=120, show_adult=True, diversity=0.3)
    assert query_of(Filters()) == ""
    assert named_filters(QueryDict(query_of(filters))) == filters
    assert without_filters(f"/watch-next/?movie=3&{query_of(filters)}#next") == (
        "/watch-next/?movie=3#next"
    )

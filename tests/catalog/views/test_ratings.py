"""A member's own pages."""

from datetime import date

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AbstractUser
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from catalog.models import FilmTranslation, Movie, MovieList
from catalog.services.diary import Viewing, write
from catalog.services.lists import add_films
from catalog.services.ratings import rate
from catalog.services.seen import mark_seen
from catalog.services.watchlist import set_hidden, set_watchlisted

pytestmark = pytest.mark.usefixtures("plain_static")


def titles(client: Client, query: str = "") -> list[str]:
    answer = client.get(f"/ratings/{query}")
    assert answer.status_code == 200
    return [rating.movie.title for rating in answer.context["page"]]


@pytest.fixture
def rated(films: list[Movie], ada: AbstractUser) -> list[Movie]:
    for n, movie in enumerate(films[:10]):
        rate(user_id=ada.pk, movie=movie, half_stars=n + 1)
    other = get_user_model().objects.create_user("eve")
    rate(user_id=other.pk, movie=films[20], half_stars=2)
    return films[:10]


@pytest.mark.parametrize("address", ["/ratings/", "/watchlist/", "/hidden/", "/seen/"])
def test_visitors_are_sent_to_log_in_and_back(client: Client, db: None, address: str) -> None:
    answer = client.get(address)
    assert answer.status_code == 302
    assert answer["Location"] == f"/accounts/login/?next={address}"


def test_only_ones_own_ratings(member: Client, rated: list[Movie]) -> None:
    assert set(titles(member)) == {movie.title for movie in rated}
    shown = member.get("/ratings/").content.decode()
    assert "10 films, 2.8 stars on average" in shown
    assert shown.count("data-stars=") == 10, "each can be changed in its row"


def test_filter_and_sort(member: Client, rated: list[Movie]) -> None:
    assert titles(member, "?stars=9") == ["Film 08"]
    assert titles(member, "?sort=worst")[0] == "Film 00"
    assert titles(member, "?sort=best")[0] == "Film 09"
    assert titles(member, "?sort=oldest")[0] == "Film 00"
    assert titles(member, "?q=FILM 03") == ["Film 03"]
    assert len(titles(member, "?stars=99&sort=nonsense")) == 10


def test_nothing_rated_yet(member: Client) -> None:
    assert "Nothing rated yet" in member.get("/ratings/").content.decode()


def test_watchlist_and_hidden_films(member: Client, ada: AbstractUser, films: list[Movie]) -> None:
    set_watchlisted(user_id=ada.pk, movie=films[1], on=True)
    set_watchlisted(user_id=ada.pk, movie=films[2], on=True)
    set_hidden(user_id=ada.pk, movie=films[3], on=True)
    cards = member.get("/watchlist/").context["cards"]
    assert cards == [(films[2], None), (films[1], None)], "the newest first"
    shown = member.get("/hidden/").content.decode()
    assert "Film 03" in shown
    assert "Film 02" not in shown


def test_films_seen(member: Client, ada: AbstractUser, films: list[Movie]) -> None:
    assert "No film is marked as seen" in member.get("/seen/").content.decode()
    mark_seen(user_id=ada.pk, movie=films[1], watched_on=date(2026, 11, 2))
    mark_seen(user_id=ada.pk, movie=films[2])
    shown = member.get("/seen/")
    assert [mark.movie for mark in shown.context["page"]] == [films[2], films[1]]
    text = shown.content.decode()
    assert 'datetime="2026-11-02"' in text
    assert f'hx-post="{reverse("catalog:see", args=[films[1].pk])}"' in text


@pytest.mark.parametrize(("address", "queries"), [("/ratings/", 5), ("/watchlist/", 5)])
def test_queries_do_not_grow_with_the_list(
    member: Client,
    ada: AbstractUser,
    films: list[Movie],
    rated: list[Movie],
    address: str,
    queries: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for movie in films[len(rated) : 2 * len(rated)]:
        set_watchlisted(user_id=ada.pk, movie=movie, on=True)
    member.get(address)  # fills the caches of sessions and credits
    # user; count; for ratings: entries with films, genres, how they spread; for the watchlist: keys
    # of the films, films with genres
    with django_assert_num_queries(queries):
        member.get(address)


def test_a_members_own_pages_name_films_in_the_readers_language(
    member: Client, ada: AbstractUser, films: list[Movie]
) -> None:
    FilmTranslation.objects.create(movie=films[0], language="de", title="Der Wüstenplanet")
    rate(user_id=ada.pk, movie=films[0], half_stars=9)
    write(user_id=ada.pk, movie=films[0], viewing=Viewing(date(2025, 3, 4)))
    set_watchlisted(user_id=ada.pk, movie=films[1], on=True)
    mine = MovieList.objects.create(user=ada, title="Mine")
    add_films(mine, [films[0].pk])
    pages = ("/ratings/", "/diary/", mine.get_absolute_url(), f"/lists/{mine.pk}/edit/")
    for address in pages:
        assert "Der Wüstenplanet" not in member.get(address).content.decode(), address
    member.cookies["django_language"] = "de"
    for address in pages:
        assert "Der Wüstenplanet" in member.get(address).content.decode(), address

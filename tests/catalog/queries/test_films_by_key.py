"""Films by primary key, in one query each, and named in the language of whoever reads them."""

import json
from datetime import date
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AbstractUser, AnonymousUser
from django.test import Client
from django.utils.translation import override
from pytest_django import DjangoAssertNumQueries

from catalog.models import (
    DiaryEntry,
    FilmTranslation,
    Movie,
    MovieList,
    MovieListEntry,
    Notice,
    NoticeChoices,
    NoticeKind,
    Rating,
    SeenMovie,
    WatchlistEntry,
)
from catalog.queries.films_by_key import card_movies, details, name_locally, named_movies
from catalog.services.member_language import keep_language
from catalog.services.notices import choose_ways
from tests.recommender.conftest import plain_static

__all__ = ["plain_static"]

pytestmark = pytest.mark.usefixtures("plain_static")


def test_a_card_has_all_that_it_shows(
    amelie: Movie, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(1):
        found = card_movies([amelie.pk, 0])
        movie = found[amelie.pk]
        shown = movie.title, movie.year, [genre.name for genre in movie.genre_list]
    assert list(found) == [amelie.pk]
    assert shown == ("Amélie", 2001, ["Comedy", "Drama"])


def test_a_card_has_the_stars_of_its_reader_alone(amelie: Movie, ada: AbstractUser) -> None:
    eve = get_user_model().objects.create_user("eve")
    Rating.objects.create(user=ada, movie=amelie, half_stars=9)
    for reader, expected in ((ada, 9), (eve, None), (AnonymousUser(), None)):
        assert card_movies([amelie.pk], reader)[amelie.pk].your_half_stars == expected  # type: ignore[attr-defined]


def test_a_card_says_whether_its_reader_has_seen_the_film(
    films: list[Movie], ada: AbstractUser
) -> None:
    marked, logged = films[:2]
    eve = get_user_model().objects.create_user("eve")
    SeenMovie.objects.create(user=ada, movie=marked)
    for day in (1, 2):
        DiaryEntry.objects.create(user=ada, movie=logged, watched_on=date(2026, 11, day))
    for reader, seen in ((ada, True), (eve, False), (AnonymousUser(), False)):
        found: dict[int, Any] = {**card_movies([marked.pk, logged.pk], reader)}
        assert (found[marked.pk].is_marked_seen, found[marked.pk].is_in_diary) == (seen, False)
        assert (found[logged.pk].is_marked_seen, found[logged.pk].is_in_diary) == (False, seen)


def test_films_that_are_gone_are_left_out(amelie: Movie) -> None:
    assert [one.title for one in named_movies([amelie.pk, 0]).values()] == ["Amélie"]
    assert [row[0] for row in details([amelie.pk, 0])] == [amelie.pk]


def test_a_card_has_the_title_of_its_readers_language(amelie: Movie, films: list[Movie]) -> None:
    FilmTranslation.objects.create(movie=amelie, language="de", title="Die fabelhafte Welt")
    keys = [amelie.pk, films[0].pk]
    german = ["Die fabelhafte Welt", ""]
    for language, expected in (("de", german), ("de-at", german), ("en", ["", ""])):
        with override(language):
            assert [card_movies(keys)[key].local_title for key in keys] == expected
            movies = [Movie.objects.get(pk=key) for key in keys]
            name_locally(movies)
            assert [movie.local_title for movie in movies] == expected
    with override("fr"):
        assert card_movies(keys)[amelie.pk].local_title == amelie.original_title


ENGLISH, GERMAN = "Amélie", "Die fabelhafte Welt"


@pytest.fixture
def german(member: Client, amelie: Movie) -> Client:
    """A member's browser that asks for German."""
    FilmTranslation.objects.create(movie=amelie, language="de", title=GERMAN)
    member.defaults["HTTP_ACCEPT_LANGUAGE"] = "de"
    return member


@pytest.mark.parametrize(
    ("action", "fields"),
    [
        ("rate", {"rating": "4"}),
        ("rate", {"rating": ""}),
        ("seen", {"on": "1"}),
        ("watchlist", {"on": "1"}),
        ("hide", {"on": "1"}),
    ],
)
def test_what_was_done_is_said_with_the_title_that_the_page_has(
    german: Client, amelie: Movie, action: str, fields: dict[str, str]
) -> None:
    answer = german.post(f"/movies/{amelie.pk}/{action}/", fields, headers={"HX-Request": "true"})
    assert answer.status_code == 200
    assert GERMAN in answer.content.decode()
    assert ENGLISH not in answer.content.decode()


def test_the_next_page_says_what_is_in_the_diary(german: Client, amelie: Movie) -> None:
    german.post(f"/movies/{amelie.pk}/diary/", {"watched_on": "2026-11-01"})
    (message,) = german.get("/movies/").context["messages"]
    assert GERMAN in str(message)


def test_the_sheet_of_a_card_and_the_form_of_the_diary_name_it(
    german: Client, amelie: Movie
) -> None:
    for address in (f"/movies/{amelie.pk}/actions/", f"/movies/{amelie.pk}/diary/"):
        assert GERMAN in german.get(address).content.decode(), address


def test_notices_and_feeds_name_it(german: Client, ada: AbstractUser, amelie: Movie) -> None:
    ways = {
        "bell": [NoticeKind.AVAILABLE],
        "mailed": [],
        "pushed": [],
        "feed": [NoticeKind.AVAILABLE],
    }
    choose_ways(ada.pk, ways, "")
    NoticeChoices.objects.filter(user=ada).update(feed_key="k" * 40)
    Notice.objects.create(user=ada, kind=NoticeKind.AVAILABLE, key="one", movie=amelie)
    keep_language(ada.pk, "de")  # whoever reads a feed has no cookie
    assert GERMAN in german.get("/notices/").content.decode()
    assert GERMAN in german.get(f"/feeds/{'k' * 40}.rss").content.decode()


def test_the_year_in_review_names_it(german: Client, ada: AbstractUser, amelie: Movie) -> None:
    DiaryEntry.objects.create(user=ada, movie=amelie, watched_on=date(2026, 11, 1))
    Rating.objects.create(user=ada, movie=amelie, half_stars=10)
    assert GERMAN in german.get("/diary/year/2026/").content.decode()


def test_the_api_has_it_beside_the_english_one(
    german: Client, ada: AbstractUser, amelie: Movie
) -> None:
    for table in (Rating, SeenMovie, WatchlistEntry):
        more = {"half_stars": 8} if table is Rating else {}
        table.objects.create(user=ada, movie=amelie, **more)
    films = MovieList.objects.create(user=ada, title="Best")
    MovieListEntry.objects.create(list=films, movie=amelie, position=1)
    for address in (
        f"/movies/{amelie.pk}",
        "/movies?search=amelie",
        "/me/ratings",
        f"/me/ratings/{amelie.pk}",
        "/me/seen",
        "/me/watchlist",
        f"/me/lists/{films.pk}/films",
    ):
        said = json.dumps(german.get(f"/api/v1{address}").json(), ensure_ascii=False)
        assert f'"title": "{ENGLISH}", "local_title": "{GERMAN}"' in said, address
    plain = german.get(f"/api/v1/movies/{amelie.pk}", headers={"Accept-Language": "en"}).json()
    assert (plain["title"], plain["local_title"]) == (ENGLISH, ENGLISH)


def test_many_films_are_named_in_one_query(
    german: Client,
    ada: AbstractUser,
    films: list[Movie],
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    for movie in films:
        Rating.objects.create(user=ada, movie=movie, half_stars=8)
    with django_assert_max_num_queries(7):
        assert german.get("/api/v1/me/ratings").json()["count"] == len(films)

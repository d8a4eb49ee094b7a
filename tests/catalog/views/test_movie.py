"""The page of a film."""

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AbstractUser
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from catalog.models import Link, Movie
from catalog.services.add_film import add_film
from catalog.services.ratings import rate
from tests.markup import flat
from tests.stand_in_tmdb import StandInTmdb
from tests.stand_in_tmdb import dune as film_of_tmdb

pytestmark = pytest.mark.usefixtures("plain_static")


def page(client: Client, movie: Movie) -> str:
    answer = client.get(movie.get_absolute_url())
    assert answer.status_code == 200
    return flat(answer)


def test_everything_known_is_shown(client: Client, amelie: Movie) -> None:
    shown = page(client, amelie)
    for known in (
        "Amélie",
        "Le Fabuleux Destin",
        "2 h 2 min",
        "French",
        "April 25, 2001",
        "Montmartre",
        "France",
        "UGC",
        "Spoken</dt><dd>French",
        "$10,000,000",
        "One person can change your life forever.",
        "a shy waitress",
        "https://www.imdb.com/title/tt0211915/",
        "https://www.themoviedb.org/movie/194",
        "https://movielens.org/movies/4973",
    ):
        assert known in shown, known


def test_a_film_of_which_only_the_title_is_known(client: Client, db: None) -> None:
    shown = page(client, Movie.objects.create(title="M"))
    assert "There is no description of this film." in shown
    assert "Fewer than five people have rated it." in shown
    assert "None" not in shown


def test_markup_in_a_title_is_text(client: Client, db: None) -> None:
    shown = page(client, Movie.objects.create(title="<script>alert(1)</script>"))
    assert "<script>alert" not in shown
    assert "&lt;script&gt;alert" in shown


@pytest.mark.parametrize("rest", ["-another-name/", "/"], ids=["old name", "number alone"])
def test_an_old_address_leads_to_the_new_one(client: Client, amelie: Movie, rest: str) -> None:
    answer = client.get(f"/movies/{amelie.pk}{rest}")
    assert answer.status_code == 301
    assert answer["Location"] == amelie.get_absolute_url()


def test_no_film_is_404(client: Client, db: None) -> None:
    assert client.get("/movies/1/").status_code == 404
    answer = client.get("/movies/1-gone/")
    assert answer.status_code == 404
    assert "This page is not showing" in answer.content.decode()


def test_the_crowd_is_averaged_and_spread_out(client: Client, amelie: Movie) -> None:
    for name, half_stars in (("a", 10), ("b", 8), ("c", 8), ("d", 7), ("e", 9)):
        assert "Fewer than five people have rated it." in page(client, amelie)
        user = get_user_model().objects.create_user(name)
        rate(user_id=user.pk, movie=amelie, half_stars=half_stars)
    answer = client.get(amelie.get_absolute_url())
    counts = {bar.stars: bar.count for bar in answer.context["histogram"].bars}
    assert counts[4.0] == 2
    assert counts[5.0] == 1
    assert sum(counts.values()) == 5
    assert '<strong class="tabular">4.2</strong>' in answer.content.decode()


def test_a_visitor_is_invited_and_a_member_can_rate(
    client: Client, ada: AbstractUser, amelie: Movie
) -> None:
    assert "Sign up to rate" in page(client, amelie)
    assert "data-stars" not in page(client, amelie)
    rate(user_id=ada.pk, movie=amelie, half_stars=7)
    client.force_login(ada)
    shown = page(client, amelie)
    assert "Sign up to rate" not in shown
    assert f'data-stars="{amelie.pk}" data-saved="3.5"' in shown


def test_films_of_the_same_collection_are_shown(client: Client, amelie: Movie) -> None:
    sequel = Movie.objects.create(title="Amélie Again", collection=amelie.collection)
    answer = client.get(amelie.get_absolute_url())
    assert [movie for movie, _ in answer.context["series"]] == [sequel]


def test_queries_do_not_grow_with_the_collection(
    member: Client,
    amelie: Movie,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    for n in range(8):
        movie = Movie.objects.create(title=f"Amélie {n}", collection=amelie.collection)
        Link.objects.create(movie=movie)
    member.get(amelie.get_absolute_url())  # fills the caches of sessions and credits
    # user; film, genres, companies, countries, languages; series, its genres;
    # the diary; ratings of friends; lists; cast and crew; keywords; words, releases, offers and
    # origins; for what is predicted and what is alike the history, once each, choices, and films;
    # once a second the live versions, and every two seconds the stamp of the catalog
    with django_assert_max_num_queries(23):
        member.get(amelie.get_absolute_url())


@pytest.fixture
def dune(db: None, tmdb: StandInTmdb) -> Movie:
    tmdb.add(film_of_tmdb())
    return add_film(tmdb_id=438631).movie


def test_a_film_of_tmdb_with_its_attribution(client: Client, dune: Movie) -> None:
    shown = page(client, dune)
    for known in (
        "Where to watch in United States",
        "Netflix",
        "Data of JustWatch",
        "https://www.themoviedb.org/movie/438631/watch?locale=US",
        "not endorsed or certified by TMDB",
        "PG-13",
        "Oct. 22, 2021",
    ):
        assert known in shown, known


def test_the_readers_country(client: Client, dune: Movie) -> None:
    client.post("/preferences/country/", {"country": "DE"})
    shown = page(client, dune)
    assert "Where to watch in Germany" in shown
    assert "Netflix" not in shown
    assert "> 12<" in shown
    client.post("/preferences/country/", {"country": "XX"})
    assert "Where to watch in United States" in page(client, dune)


def test_the_readers_language(client: Client, dune: Movie) -> None:
    client.cookies["django_language"] = "de"
    shown = page(client, dune)
    for known in (
        "<h1>Dune: Der Wüstenplanet</h1>",
        "Paul Atreides reist zum gefährlichsten Planeten.",
        "Vereinigte Staaten",
        "Englisch",
    ):
        assert known in shown, known


def test_what_is_not_translated_says_that_it_is_english(client: Client, amelie: Movie) -> None:
    assert 'class="overview" lang="en"' not in page(client, amelie)
    client.cookies["django_language"] = "de"
    assert 'class="overview" lang="en"' in page(client, amelie)

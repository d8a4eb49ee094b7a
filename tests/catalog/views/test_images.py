"""The addresses of pictures: what is known, how long it is kept, and what stands in."""

import re
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import AbstractUser
from django.test import Client
from django.urls import clear_script_prefix, set_script_prefix
from pytest_django import DjangoAssertNumQueries

from catalog.models import Collection, Movie, Person
from tests.catalog.images.conftest import image_server
from tests.catalog.images.server import ImageServer
from tests.catalog.people import kubrick

__all__ = ["image_server"]

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("plain_static")]


@pytest.fixture
def heat() -> Movie:
    return Movie.objects.create(title="Heat <1>", year=1995, poster_path="/good.jpg")


def test_a_poster_comes_from_the_site(
    client: Client, image_server: ImageServer, heat: Movie
) -> None:
    answer = client.get("/images/w342/good.jpg", headers={"Accept": "image/webp,*/*"})
    assert (answer.status_code, answer["Content-Type"]) == (200, "image/webp")
    assert answer["Cache-Control"] == "public, max-age=2592000, immutable"
    assert "Accept" in answer["Vary"].split(", ")
    again = client.get(
        "/images/w342/good.jpg",
        headers={"Accept": "image/webp,*/*", "If-None-Match": answer["ETag"]},
    )
    assert (again.status_code, again.content) == (304, b"")
    assert client.head("/images/w342/good.jpg").status_code == 200
    assert client.post("/images/w342/good.jpg").status_code == 405


def test_people_and_collections_have_pictures_too(
    client: Client, image_server: ImageServer
) -> None:
    Person.objects.create(name="Ada", profile_path="/ada.jpg")
    Collection.objects.create(tmdb_id=1, name="Saga", poster_path="/p.jpg", backdrop_path="/b.jpg")
    for name in ("ada", "p", "b"):
        answer = client.get(f"/images/w185/{name}.jpg")
        assert answer["Content-Type"] == "image/jpeg"


@pytest.mark.parametrize(
    "path",
    [
        "w342/other.jpg",
        "w500/good.jpg",
        "original/good.jpg",
        "w342/../good.jpg",
        "w342/%2e%2e/good.jpg",
        "w342//good.jpg",
        "w342/http://elsewhere.example/good.jpg",
        "w342/good.jpg%00",
        "w342/good.jpg%0d%0aX: y",
        "w342/" + "x" * 3000,
    ],
)
def test_what_the_catalog_does_not_name_is_never_fetched(
    client: Client, image_server: ImageServer, heat: Movie, path: str
) -> None:
    assert client.get(f"/images/{path}").status_code == 404
    assert not image_server.asked


@pytest.mark.parametrize("odd", ["/../x.jpg", "/a/../x.jpg", "//evil.example/x.jpg", "/x\n.jpg"])
def test_a_path_that_leads_out_is_not_fetched_though_a_film_names_it(
    client: Client, image_server: ImageServer, odd: str
) -> None:
    Movie.objects.create(title="Odd", poster_path=odd)
    assert client.get("/images/w342" + odd.replace("\n", "%0a")).status_code == 404
    assert not image_server.asked


def test_the_designed_cover_stands_in(client: Client, image_server: ImageServer) -> None:
    Movie.objects.create(title="Heat & <b>", year=1995, poster_path="/missing.jpg")
    answer = client.get("/images/w342/missing.jpg")
    assert (answer.status_code, answer["Content-Type"]) == (200, "image/svg+xml")
    assert answer["Cache-Control"] == "public, max-age=300"
    drawn = answer.content.decode()
    assert "Heat &amp;" in drawn
    assert "&lt;b&gt;" in drawn
    assert "1995" in drawn
    bare = client.get("/images/w342/missing.jpg?cover=0")
    assert (bare.status_code, bare["Cache-Control"]) == (404, "public, max-age=300")


def test_a_person_without_a_picture_has_initials(client: Client, image_server: ImageServer) -> None:
    Person.objects.create(name="Stanley Kubrick", profile_path="/missing.jpg")
    assert ">SK<" in client.get("/images/w185/missing.jpg").content.decode()
    Collection.objects.create(tmdb_id=1, name="The Saga", poster_path="/missing.2.jpg")
    assert "Saga<" in client.get("/images/w185/missing.2.jpg").content.decode()


def test_without_a_server_pages_have_covers_only(
    client: Client, image_server: ImageServer, heat: Movie, settings: Any
) -> None:
    settings.POSTER_BASE_URL = ""
    assert "<img" not in client.get(heat.get_absolute_url()).content.decode()
    assert client.get(f"/api/v1/movies/{heat.pk}").json()["poster_url"] is None
    assert client.get("/images/w342/good.jpg")["Content-Type"] == "image/svg+xml"
    assert not image_server.asked


def test_a_picture_takes_one_query(
    client: Client,
    image_server: ImageServer,
    heat: Movie,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    with django_assert_num_queries(1):
        assert client.get("/images/w342/good.jpg").status_code == 200


def test_below_a_path_addresses_begin_with_it(client: Client, heat: Movie) -> None:
    address = heat.get_absolute_url()
    set_script_prefix("/films/")
    try:
        shown = client.get(address).content.decode()
    finally:
        clear_script_prefix()
    assert 'src="/films/images/w342/good.jpg?cover=0"' in shown


PAGES = ("/", "/movies/", "/movies/?q=kubrick", "/search/?q=kubrick", "/ratings/", "/watchlist/")


def test_no_page_names_a_picture_of_another_host(member: Client, ada: AbstractUser) -> None:
    person, films = kubrick()
    saga = Collection.objects.create(tmdb_id=1, name="Saga", poster_path="/saga.jpg")
    Movie.objects.update(poster_path="/good.jpg", collection=saga)
    for address in (*PAGES, films[0].get_absolute_url(), person.get_absolute_url()):
        answer = member.get(address)
        assert answer.status_code == 200
        shown = answer.content.decode()
        sources = re.findall(
            r"<(?:img|source|image)\b[^>]*?(?:src|srcset|href)=\"([^\"]*)\"", shown
        )
        assert all(re.match(r"/(?:images|static)/", source) for source in sources), sources
        assert "img-src 'self';" in f"{answer['Content-Security-Policy']};"
    assert sources, "the last page has pictures"


def test_styles_and_scripts_name_no_other_host() -> None:
    static = Path(__file__).resolve().parents[3] / "static"
    for file in [*static.glob("css/*.css"), *static.glob("js/*.js")]:
        found = re.findall(r"(?:url\(|src=|fetch\()[\"']?(?:https?:)?//[^\"')]+", file.read_text())
        assert found == [], file.name

"""The share target: what a phone hands over leads to the film."""

from typing import Any

import pytest
from django.test import Client

from catalog.models import Link, Movie


@pytest.fixture
def heat(db: None) -> Movie:
    movie = Movie.objects.create(title="Heat", year=1995)
    Link.objects.create(movie=movie, imdb_id="tt0113277", tmdb_id=949)
    return movie


@pytest.mark.parametrize(
    "shared",
    [
        {"url": "https://www.imdb.com/title/tt0113277/?ref_=ext_shr"},
        {"text": "Heat (1995) ⭐ 8.3 | Action https://www.imdb.com/title/tt0113277/"},
        {"title": "Heat (1995) - IMDb", "text": "https://m.imdb.com/title/tt0113277/"},
        {"url": "https://www.themoviedb.org/movie/949-heat"},
        {"title": "Heat (1995) — The Movie Database (TMDB)"},
        {"title": "Heat (1995) directed by Michael Mann • Reviews, film + cast • Letterboxd"},
        {"url": "https://letterboxd.com/film/heat/"},
        {"text": "“Heat”"},
    ],
)
def test_what_is_shared_leads_to_the_film(client: Client, heat: Movie, shared: Any) -> None:
    answer = client.get("/share/", shared)
    assert (answer.status_code, answer["Location"]) == (302, heat.get_absolute_url())


@pytest.mark.parametrize(
    ("shared", "address"),
    [
        ({"title": "Nobody Knows This"}, "/movies/?q=Nobody+Knows+This"),
        ({"url": "https://www.imdb.com/title/tt9999999/"}, "/movies/"),
        ({"text": "x" * 10_000}, "/movies/?q=" + "x" * 200),
        ({}, "/movies/"),
    ],
)
def test_what_is_not_known_is_searched_for(
    client: Client, heat: Movie, shared: Any, address: str
) -> None:
    assert client.get("/share/", shared)["Location"] == address

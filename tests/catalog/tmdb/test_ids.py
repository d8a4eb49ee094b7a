"""Ids as people write them; nothing is guessed."""

import pytest

from catalog.tmdb.ids import FilmIds, ids_in


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("438631", FilmIds(tmdb_id=438631)),
        (" tt1160419 ", FilmIds(imdb_id="tt1160419")),
        ("https://www.themoviedb.org/movie/438631-dune", FilmIds(tmdb_id=438631)),
        ("https://www.themoviedb.org/movie/438631-dune/watch?locale=DE", FilmIds(tmdb_id=438631)),
        ("https://www.imdb.com/title/tt1160419/?ref_=fn_al", FilmIds(imdb_id="tt1160419")),
        ("https://m.imdb.com/de/title/tt1160419/", FilmIds(imdb_id="tt1160419")),
    ],
)
def test_an_id(text: str, ids: FilmIds) -> None:
    assert ids_in(text) == ids


@pytest.mark.parametrize(
    "text",
    [
        "",
        "0",
        "-5",
        "99999999999",
        "438631.0",
        "tt12",
        "nm0000123",
        "1160419 and more",
        "Dune",
        "https://www.themoviedb.org/tv/90228-dune",
        "https://example.org/movie/438631",
        "438631,Dune",
    ],
)
def test_no_id(text: str) -> None:
    assert ids_in(text) is None

"""The designed cover as a file: whole, plain and safe for every kind of title."""

from xml.etree import ElementTree

import pytest

from catalog.models import Collection, Genre, Movie, Person
from catalog.rendering.cover_svg import MOST_LINES, cover_svg
from catalog.rendering.covers import MOTIFS

TITLES = (
    "Z",
    "Heat",
    "The Assassination of Jesse James by the Coward Robert Ford",
    "Dr. Strangelove or: How I Learned to Stop Worrying and Love the Bomb " * 3,
    "Supercalifragilisticexpialidocious",
    "<script>alert('x')</script> & \"more\"",
    "千と千尋の神隠し",
    "\x0b\x00odd",
)


def movie_of(title: str, genre: str = "") -> Movie:
    movie = Movie(title=title, year=1999)
    movie.genre_list = [Genre(name=genre.title(), slug=genre)] if genre else []
    return movie


@pytest.mark.parametrize("title", TITLES)
def test_a_title_fits_and_is_escaped(title: str) -> None:
    drawn = cover_svg(movie_of(title))
    root = ElementTree.fromstring(drawn)  # noqa: S314 -- made by ourselves
    texts = list(root.iter("{http://www.w3.org/2000/svg}text"))
    assert 1 <= len(texts) - 2 <= MOST_LINES
    assert all(float(text.get("y", "")) < 300 for text in texts)
    assert "<script" not in drawn


@pytest.mark.parametrize("genre", [*MOTIFS, "of no known kind"])
def test_every_genre_has_its_drawing_in_plain_colours(genre: str) -> None:
    drawn = cover_svg(movie_of("Heat", genre))
    ElementTree.fromstring(drawn)  # noqa: S314
    assert "var(" not in drawn, "a file has no style sheet"
    assert "href" not in drawn, "a file refers to nothing else"
    assert drawn.count("<path") + drawn.count("<circle") + drawn.count("<rect") > 2


def test_people_and_collections_are_drawn() -> None:
    assert ">AL<" in cover_svg(Person(name="Ada Lovelace"))
    assert ">B<" in cover_svg(Person(name="Björk"))
    assert "Saga" in cover_svg(Collection(tmdb_id=1, name="Saga"))
    ElementTree.fromstring(cover_svg(Person(name="???")))  # noqa: S314

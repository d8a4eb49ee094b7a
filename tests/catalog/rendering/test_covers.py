"""The designed covers: always the same for a film, always complete, always legible."""

import re
from pathlib import Path

import pytest

from catalog.models import Genre, Movie
from catalog.rendering.covers import ELSE, MOTIFS, SAME_AS, cover_of, title_size
from catalog.rendering.film_cards import cover

STATIC = Path(__file__).resolve().parents[3] / "static"
DRAWINGS = set(re.findall(r'<symbol id="([^"]+)"', (STATIC / "img/covers.svg").read_text()))
PALETTES = {
    name: dict(re.findall(r"--(\w): (#\w{6})", rest))
    for name, rest in re.findall(
        r"\.tone-(\w+) \{([^}]*)\}", (STATIC / "css/covers.css").read_text()
    )
}


def film(title: str, *genres: Genre, year: int = 1994) -> Movie:
    movie = Movie.objects.create(title=title, year=year)
    movie.genres.set(genres)
    return movie


@pytest.mark.parametrize("motif", [*MOTIFS.values(), ELSE], ids=lambda motif: motif[0])
def test_every_motif_and_palette_that_can_be_chosen_exists(
    motif: tuple[str, int, tuple[str, ...]],
) -> None:
    name, drawings, tones = motif
    assert {f"{name}-{n}" for n in range(1, drawings + 1)} <= DRAWINGS
    assert set(tones) <= set(PALETTES)


def test_other_names_of_genres_lead_to_known_ones() -> None:
    assert set(SAME_AS.values()) <= set(MOTIFS)


def luminance(colour: str) -> float:
    channels = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("palette", PALETTES)
def test_titles_contrast_with_their_ground(palette: str) -> None:
    """WCAG AA for text: 4.5 to 1."""
    colours = PALETTES[palette]
    dark, light = sorted((luminance(colours["g"]), luminance(colours["i"])))
    assert (light + 0.05) / (dark + 0.05) >= 4.5


def test_the_same_film_has_the_same_cover(genres: dict[str, Genre]) -> None:
    one = film("Heat", genres["Drama"])
    assert cover_of(one) == cover_of(Movie.objects.get(pk=one.pk))
    assert cover_of(one).motif.startswith("drama")
    assert cover_of(one).genre == "Drama"


def test_covers_differ(genres: dict[str, Genre]) -> None:
    made = {cover_of(film(f"Film {n}", genres["Drama"], genres["Horror"])) for n in range(40)}
    assert len(made) > 30


def test_a_film_without_a_known_genre_has_a_cover(db: None) -> None:
    drawn = cover_of(film("Nothing Known"))
    assert drawn.motif.startswith("film-")
    assert drawn.genre == ""


@pytest.mark.parametrize(
    ("title", "size"),
    [
        ("Heat", 1),
        ("Pulp Fiction", 2),
        ("Frankenstein", 4),  # short, but one long word
        ("The Lord of the Rings: The Two Towers", 4),
        ("Dr. Strangelove or: How I Learned to Stop Worrying and Love the Bomb", 5),
        ("", 1),
    ],
)
def test_the_title_fits(title: str, size: int) -> None:
    assert title_size(title) == size


@pytest.mark.usefixtures("plain_static")
def test_a_poster_lies_above_the_cover(genres: dict[str, Genre]) -> None:
    movie = film("Heat", genres["Drama"])
    assert "<img" not in cover(movie)
    movie.poster_path = '/a"b.jpg'
    drawn = cover(movie)
    assert drawn.index("cover-design") < drawn.index("<img")
    assert 'alt=""' in drawn
    assert 'a"b' not in drawn, "what the dataset says is escaped"
    assert "style=" not in drawn, "the content security policy forbids inline styles"

"""Titles as MovieLens writes them."""

import pytest

from catalog.datasets.titles import parse_title


@pytest.mark.parametrize(
    ("text", "title", "original", "year"),
    [
        ("Matrix, The (1999)", "The Matrix", "", 1999),
        ("Toy Story (1995)", "Toy Story", "", 1995),
        ("Toy Story (1995) ", "Toy Story", "", 1995),
        ("American President, The (1995)", "The American President", "", 1995),
        ("Beautiful Mind, A (2001)", "A Beautiful Mind", "", 2001),
        (
            "City of Lost Children, The (Cité des enfants perdus, La) (1995)",
            "The City of Lost Children",
            "La Cité des enfants perdus",
            1995,
        ),
        ("Seven (a.k.a. Se7en) (1995)", "Seven", "Se7en", 1995),
        ("Avventura, L' (Adventure, The) (1960)", "L'Avventura", "The Adventure", 1960),
        ("Postino, Il (1994)", "Il Postino", "", 1994),
        ("Shanghai Triad (Yao a yao) (Yao wai po) (1995)", "Shanghai Triad", "Yao a yao", 1995),
        ("Blade Runner (Director's Cut) (1982)", "Blade Runner (Director's Cut)", "", 1982),
        ("(500) Days of Summer (2009)", "(500) Days of Summer", "", 2009),
        ("Good, the Bad and the Ugly, The (1966)", "The Good, the Bad and the Ugly", "", 1966),
        ("Me, Myself & Irene (2000)", "Me, Myself & Irene", "", 2000),
        ("Das Boot", "Das Boot", "", None),
        ("2001: A Space Odyssey (1968)", "2001: A Space Odyssey", "", 1968),
        ("Fawlty Towers (1975-1979)", "Fawlty Towers", "", 1975),
        ("(2012)", "(2012)", "", None),
        ("Big Bang Theory, The (2007-)", "The Big Bang Theory", "", 2007),
    ],
)
def test_parts_of_a_title(text: str, title: str, original: str, year: int | None) -> None:
    assert parse_title(text) == (title, original, year)

"""Ids in whatever spelling they have; what is not sure is none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.datasets.cells import LARGEST_ID, imdb_id, whole_number


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("862", 862),
        ("862.0", 862),
        ("862.", 862),
        (" 0862 ", 862),
        ("0", 0),
        ("862.5", None),
        ("8.6E+02", None),
        ("1e3", None),
        ("1_000", None),
        ("1,000", None),
        ("-1", None),
        ("inf", None),
        ("", None),
        ("2147483648", None),
        ("9" * 5000, None),
    ],
)
def test_whole_numbers(text: str, found: int | None) -> None:
    assert whole_number(text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("tt0114709", "tt0114709"),
        ("0114709", "tt0114709"),
        ("114709", "tt0114709"),
        ("114709.0", "tt0114709"),
        ("112346.0", "tt0112346"),
        ("tt12345678", "tt12345678"),
        ("https://www.imdb.com/title/tt0114709/", "tt0114709"),
        ("1.14709E+05", None),
        ("114709.5", None),
        ("11-47-09", None),
        ("114709 862", None),
        ("0", None),
        ("tt", None),
        ("", None),
        ("12345678901", None),
    ],
)
def test_imdb_ids(text: str, found: str | None) -> None:
    assert imdb_id(text) == found


@given(st.integers(1, 10**10 - 1), st.sampled_from(["", ".0", "."]), st.integers(0, 4))
def test_no_spelling_makes_another_films_id(number: int, tail: str, zeros: int) -> None:
    assert imdb_id(f"{'0' * zeros}{number}{tail}") == f"tt{number:07d}"


@given(st.text(max_size=12))
def test_an_id_is_the_number_that_is_written(text: str) -> None:
    found = whole_number(text)
    assert found is None or float(text) == found <= LARGEST_ID

"""Inputs as people have them, where the shared folder is there, and what each must give."""

import os
from pathlib import Path

import pytest

from tests.benchmarks.places import ROOT

FOLDER = Path(os.environ.get("MATINEE_CASES_DIR") or ROOT.parent / "shared" / "cases") / "members"


def case(name: str) -> bytes:
    found = sorted(FOLDER.glob(f"{name}*"))
    if not found:
        pytest.skip(f"no {name} in {FOLDER}")
    return found[0].read_bytes()


def file_name(name: str) -> str:
    return sorted(FOLDER.glob(f"{name}*"))[0].name


# File -> site, and the rows of each kind.
READ = {
    "I01-": (
        "letterboxd",
        {"seen": 60, "rating": 11, "diary": 6, "watchlist": 5, "list": 20 + 8 + 1},
    ),
    "I01b-": ("letterboxd", {"seen": 60}),
    "I01c-": ("letterboxd", {"seen": 60}),
    "I03-": ("letterboxd", {"rating": 2}),
    "I04-": ("letterboxd", {"list": 8}),
    "I08-": ("imdb", {"rating": 4}),
    "I09-": ("imdb", {"rating": 4}),
    "I12-": ("imdb", {"seen": 5, "rating": 5}),
    "I13-": ("imdb", {"seen": 5}),
    "I14-": ("letterboxd", {"rating": 4}),
    "I15-": ("letterboxd", {"rating": 4}),
    "I15b-": ("letterboxd", {"rating": 4}),
    "I16-": ("letterboxd", {"rating": 4}),
    "I16b-": ("letterboxd", {"rating": 4}),
    "I18-": ("letterboxd", {"rating": 3, "diary": 3}),
    "I19-": ("table", {"rating": 3}),
    "I20-": ("movielens", {"rating": 3}),
    "I21-": ("trakt", {"diary": 60, "seen": 60}),
    "I21b-": ("trakt", {"diary": 60, "seen": 60, "rating": 10, "watchlist": 3}),
    "I22-": ("trakt", {"rating": 10, "watchlist": 3}),
    "I23-": ("trakt", {"rating": 10, "watchlist": 3}),
    "I24-": ("trakt", {"diary": 60, "seen": 60, "rating": 10, "watchlist": 3}),
    "I26-": ("tmdb", {"rating": 4}),
    "I30-": ("letterboxd", {"rating": 3, "diary": 3}),
    "I32-": ("imdb", {"watchlist": 2}),
    "I39-": ("imdb", {"rating": 10}),
}

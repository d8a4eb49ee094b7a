"""Writes made-up ratings as MovieLens's files, a quarter of a million rows at a time."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from recommender.learning.datasets.made_up import GENRES, MadeUpFilms, make_films, make_ratings

README = """\
Synthetic ratings
=================

Nobody gave these ratings, and none of these films was ever made. They were drawn by
`manage.py make_ratings --users {users} --movies {movies} --ratings {ratings} --seed {seed}`
in the layout of MovieLens, to measure a site of this size. How many ratings people give and films
get, the stars, the hours and the years are shaped like those that MovieLens published; behind the
stars stand tastes, series, good and bad films, and people who change. Noise of {noise} stars is
added before they are rounded to halves.

Figures that are measured on them say how fast and how large something is. How good a model is on
what people like, they do not say.
"""

_WIDTHS = {"person": 8, "film": 7, "stars": 1, "second": 10}


def write_movielens(
    folder: Path,
    *,
    users: int,
    movies: int,
    ratings: int,
    seed: int,
    noise: float,
    told: Callable[[int], None] = lambda rows: None,
) -> int:
    """Write ratings.csv, movies.csv, links.csv, tags.csv and README.txt; ``told`` hears how many
    ratings are written so far. Returns how many there are."""
    random = np.random.default_rng(seed)
    folder.mkdir(parents=True, exist_ok=True)
    text = README.format(users=users, movies=movies, ratings=ratings, seed=seed, noise=noise)
    (folder / "README.txt").write_text(text)
    films = make_films(movies, random)
    ids = np.sort(random.permutation(4 * movies)[:movies]) + 1
    _write_films(folder, films, ids)
    written = 0
    with (folder / "ratings.csv").open("wb") as file:
        file.write(b"userId,movieId,rating,timestamp\n")
        for some in make_ratings(films, users, ratings, random):
            file.write(_rows(some.people, ids[some.films], some.half_stars, some.times))
            written += len(some.people)
            told(written)
    return written


def _write_films(folder: Path, films: MadeUpFilms, ids: NDArray[np.int64]) -> None:
    with (folder / "movies.csv").open("w") as file:
        file.write("movieId,title,genres\n")
        columns = zip(ids.tolist(), films.titles, films.years.tolist(), films.genres, strict=True)
        for number, title, year, genres in columns:
            named = "|".join(np.array(GENRES)[genres])
            file.write(f'{number},"{title} ({year})",{named}\n')
    (folder / "links.csv").write_text("movieId,imdbId,tmdbId\n")
    (folder / "tags.csv").write_text("userId,movieId,tag,timestamp\n")


def _rows(
    people: NDArray[np.int64],
    films: NDArray[np.int64],
    half_stars: NDArray[np.int64],
    times: NDArray[np.int64],
) -> bytes:
    """Lines of CSV: all digits at once, then without the zeros in front."""
    comma = np.full((len(people), 1), ord(","), np.uint8)
    half = np.where(half_stars % 2, ord("5"), ord("0")).astype(np.uint8)[:, None]
    point = np.full_like(comma, ord("."))
    end = np.full_like(comma, ord("\n"))
    parts = [
        _digits(people, _WIDTHS["person"]),
        comma,
        _digits(films, _WIDTHS["film"]),
        comma,
        _digits(half_stars // 2, _WIDTHS["stars"], leading=True),
        point,
        half,
        comma,
        _digits(times, _WIDTHS["second"]),
        end,
    ]
    cells = np.hstack(parts)
    return cells[cells > 0].tobytes()


def _digits(numbers: NDArray[np.int64], width: int, *, leading: bool = False) -> NDArray[np.uint8]:
    """(n, width) characters, 0 in place of the zeros in front."""
    powers = 10 ** np.arange(width - 1, -1, -1, dtype=np.int64)
    digits = (numbers[:, None] // powers % 10 + ord("0")).astype(np.uint8)
    if not leading:
        digits[numbers[:, None] < powers] = 0
    return digits

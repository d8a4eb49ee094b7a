"""A small dataset of made-up people, for machines that cannot fetch MovieLens.

Its files and columns are those of RecBole's MovieLens 100K. What a model can learn is in it: people
have tastes, films are of one kind or another, some are better than others, and the parts of a
series are watched in their order.
"""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

PEOPLE = 400
FILMS = 300
GENRES = ("Action", "Animation", "Comedy", "Drama", "Horror", "Sci-Fi")
# What tests look for by name is among the most popular.
TITLES = ("Toy Story", "Alien", "Apollo 13", "Fargo", "Pulp Fiction", "Jurassic Park")
SERIES = 3  # parts
GO_ON = 0.6  # how often the next part follows at once
TASTE, OPINION = 0.7, 0.4  # stars per unit of agreement; deviation that nothing explains

Floats = NDArray[np.float64]


def write_dataset(folder: Path, seed: int = 0) -> Path:
    """Write ``ml-100k.inter`` and ``ml-100k.item`` into ``folder``, and return it."""
    random = np.random.default_rng(seed)
    kinds = np.arange(FILMS) // SERIES % len(GENRES)  # the parts of a series are of one kind
    tastes = random.normal(0, 1, (PEOPLE, len(GENRES)))
    stars = _stars(random, tastes[:, kinds])
    popularity = random.permutation(np.repeat(1 / np.arange(5, 5 + FILMS // SERIES), SERIES))
    popularity[: len(TITLES) * SERIES : SERIES] = popularity.max()
    rows = [
        (person + 1, film + 1, stars[person, film], when)
        for person in range(PEOPLE)
        for film, when in _diary(random, popularity * np.exp(tastes[person, kinds]))
    ]
    ratings = ("user_id:token", "item_id:token", "rating:float", "timestamp:float")
    pd.DataFrame(rows, columns=ratings).to_csv(folder / "ml-100k.inter", sep="\t", index=False)
    films = {
        "item_id:token": np.arange(1, FILMS + 1),
        "movie_title:token_seq": [_title(film) for film in range(FILMS)],
        "release_year:token": 1960 + np.arange(FILMS) % 40,
        "class:token_seq": [GENRES[kind] for kind in kinds],
    }
    pd.DataFrame(films).to_csv(folder / "ml-100k.item", sep="\t", index=False)
    return folder


def _stars(random: np.random.Generator, agreement: Floats) -> Floats:
    """(PEOPLE, FILMS) from .5 to 5: how strict a person is, how good a film, and taste."""
    strictness = random.normal(0, 0.4, (PEOPLE, 1))
    quality = random.normal(0, 0.4, FILMS)
    opinion = random.normal(0, OPINION, agreement.shape)
    stars = 3.4 + strictness + quality + TASTE * agreement + opinion
    return np.clip(np.round(2 * stars) / 2, 0.5, 5.0)


def _diary(random: np.random.Generator, attraction: Floats) -> Iterator[tuple[int, int]]:
    """The films that one person watches, each once, with the second of its rating."""
    left = attraction.copy()
    film, when = 0, int(random.integers(850_000_000, 890_000_000))
    for place in range(int(random.integers(20, 100))):
        part_follows = (film + 1) % SERIES and left[film + 1] > 0
        if place and part_follows and random.random() < GO_ON:
            film += 1
        else:
            film = int(random.choice(FILMS, p=left / left.sum()))
        left[film] = 0.0
        yield film, when
        when += int(random.integers(60, 86_400))


def _title(film: int) -> str:
    series, part = divmod(film, SERIES)
    name = TITLES[series] if series < len(TITLES) else f"Made-up Story No. {series}"
    return f"{name} {part + 1}" if part else name

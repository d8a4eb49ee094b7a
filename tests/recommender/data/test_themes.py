"""Films that share keywords and directors."""

import numpy as np

from recommender.data.movie_features import DIRECTOR, KEYWORD, KIND_BITS, MovieFeatures
from recommender.data.themes import Themes

FILMS = np.array([10, 20, 30, 40, 50])


def themes(*pairs: tuple[int, int, int]) -> Themes:
    """Of films, kinds and numbers."""
    movies, kinds, numbers = np.array(pairs, np.int64).reshape(-1, 3).T
    return Themes.of(MovieFeatures(movies, (kinds << KIND_BITS) + numbers), FILMS)


def test_films_are_alike_by_the_themes_that_they_share() -> None:
    found = themes(
        (10, KEYWORD, 1),
        (10, DIRECTOR, 7),
        (20, KEYWORD, 1),
        (20, DIRECTOR, 7),
        (30, KEYWORD, 1),
        (30, KEYWORD, 2),
        (40, KEYWORD, 7),
        (99, KEYWORD, 1),
    ).likeness(0)
    np.testing.assert_allclose(found[:2], 1.0, rtol=1e-6)
    assert 0 < found[2] < 1
    assert found[3:].tolist() == [0.0, 0.0], "a keyword is not the director of its number"


def test_what_few_share_says_more() -> None:
    found = themes(
        *((film, KEYWORD, 1) for film in (10, 20, 40)), (10, KEYWORD, 2), (30, KEYWORD, 2)
    ).likeness(0)
    assert found[2] > found[1] > 0


def test_films_without_themes_are_like_none() -> None:
    assert not themes().likeness(0).any()
    assert not themes((10, KEYWORD, 1)).likeness(4).any()

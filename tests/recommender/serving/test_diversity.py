"""Both ways to vary a list, against slow and obvious ones."""

from collections.abc import Callable

import numpy as np
import pytest

from recommender.serving.diversity import rerank_by_dpp, rerank_by_mmr

VARIETIES = (0.05, 0.3, 0.6, 0.9)


@pytest.fixture
def relevance() -> np.ndarray:
    return np.sort(np.random.RandomState(0).normal(size=12).astype(np.float32))[::-1]


@pytest.fixture
def vectors() -> np.ndarray:
    return np.random.RandomState(1).normal(size=(12, 4)).astype(np.float32)


@pytest.mark.parametrize("variety", VARIETIES)
def test_each_film_adds_most_to_the_determinant(
    relevance: np.ndarray, vectors: np.ndarray, variety: float
) -> None:
    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    spread = float(relevance.max() - relevance.min())
    quality = np.exp((1 - variety) / (2 * variety) * (relevance - relevance.max()) / spread)
    kernel = np.outer(quality, quality) * (1 + unit @ unit.T) / 2
    chosen: list[int] = []
    for _ in range(4):
        volumes = [
            -1.0 if one in chosen else np.linalg.det(kernel[np.ix_([*chosen, one], [*chosen, one])])
            for one in range(len(relevance))
        ]
        chosen.append(int(np.argmax(volumes)))
    assert rerank_by_dpp(relevance, vectors, 4, variety).tolist() == chosen


@pytest.mark.parametrize("rerank", [rerank_by_mmr, rerank_by_dpp])
def test_without_variety_the_best_stay_first(
    rerank: Callable[..., np.ndarray], relevance: np.ndarray, vectors: np.ndarray
) -> None:
    assert rerank(relevance, vectors, 5, 0.0).tolist() == [0, 1, 2, 3, 4]


@pytest.mark.parametrize("rerank", [rerank_by_mmr, rerank_by_dpp])
def test_films_that_are_the_same_are_kept_apart(rerank: Callable[..., np.ndarray]) -> None:
    relevance = np.array([1.0, 0.99, 0.98, 0.5], np.float32)
    vectors = np.array([[1, 0], [1, 0], [1, 0], [0, 1]], np.float32)
    assert rerank(relevance, vectors, 2, 0.8).tolist() == [0, 3]


@pytest.mark.parametrize("variety", [0.002, *VARIETIES])
def test_films_that_add_nothing_follow_by_relevance(variety: float) -> None:
    """Thirty films in a plane: after three directions the determinant is 0 whatever comes."""
    relevance = np.linspace(5, 1, 30, dtype=np.float32)
    angles = np.random.RandomState(0).uniform(0, 2 * np.pi, 30)
    vectors = np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32)
    with np.errstate(all="raise"):
        chosen = rerank_by_dpp(relevance, vectors, 30, variety)
    assert sorted(chosen) == list(range(30))
    assert (np.diff(chosen[3:]) > 0).all()


@pytest.mark.parametrize("rerank", [rerank_by_mmr, rerank_by_dpp])
def test_few_films_and_films_that_no_model_knows(rerank: Callable[..., np.ndarray]) -> None:
    nothing = np.zeros((3, 2), np.float32)
    assert rerank(np.zeros(0, np.float32), nothing[:0], 5, 0.5).tolist() == []
    assert sorted(rerank(np.array([3, 2, 1], np.float32), nothing, 5, 0.5).tolist()) == [0, 1, 2]

"""What the gate asks, and what it tells before it asks."""

import numpy as np
from numpy.typing import NDArray

from recommender.gate.evaluate import (
    StarModelUnderTest,
    choose_questions,
    forward_star_errors,
    late,
)
from recommender.gate.holdout import held_out
from tests.recommender.gate.ratings import snapshot_of

MANY = snapshot_of({user: [(film, 3.0) for film in range(1, 101)] for user in range(1, 21)})


def ignore(done: int) -> None:
    """Nobody is told."""


def test_all_that_is_held_out_is_asked() -> None:
    rows = choose_questions(MANY, 5.0, 20_000)
    np.testing.assert_array_equal(rows, np.flatnonzero(held_out(MANY.user_ids, MANY.movie_ids, 5)))
    assert np.bincount(MANY.user_ids[rows]).max() > 5


def test_the_newest_where_there_are_too_many() -> None:
    every = choose_questions(MANY, 5.0, 20_000)
    np.testing.assert_array_equal(choose_questions(MANY, 5.0, 10), every[-10:])


def test_only_films_that_all_know() -> None:
    some = np.arange(0, 51)
    rows = choose_questions(MANY, 5.0, 20_000, known=[np.arange(101), some])
    assert 0 < MANY.movie_ids[rows].max() <= 50


def test_a_tenth_of_all_ratings_is_late() -> None:
    is_late = late(MANY, np.arange(len(MANY)))
    assert is_late.sum() == len(MANY) // 10
    assert is_late[-len(MANY) // 10 :].all()


class Remembering(StarModelUnderTest):
    """Predicts 3 stars, and keeps which films it was told of for each that it was asked about."""

    movie_ids = MANY.item_movie_ids

    def __init__(self) -> None:
        self.told: dict[int, list[int]] = {}

    def stars(
        self,
        movie_ids: NDArray[np.int64],
        stars: NDArray[np.float32],
        asked: NDArray[np.int64],
    ) -> NDArray[np.float32]:
        self.told |= {film: movie_ids.tolist() for film in asked.tolist()}
        return np.full(len(asked), 3, np.float32)


def test_forward_in_time_only_what_came_before_is_given() -> None:
    snapshot = snapshot_of({7: [(10, 1), (20, 2), (30, 5), (40, 4)]})
    rows = np.array([1, 2])
    forward, around = Remembering(), Remembering()
    errors = forward_star_errors(snapshot, rows, forward, ignore)
    assert errors.tolist() == [1, 4]
    assert forward.told == {20: [10], 30: [10, 20]}
    around.answers(snapshot, rows, ignore)
    assert around.told == {20: [10, 40], 30: [10, 40]}

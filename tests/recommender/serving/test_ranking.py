"""The arithmetic of rankings."""

import numpy as np
import pytest

from recommender.serving.ranking import best_rows, mean_and_deviation, standardised

SCORES = np.array([1, -np.inf, 3, 2, -np.inf], np.float32)


@pytest.mark.parametrize(("n", "rows"), [(2, [2, 3]), (9, [2, 3, 0])])
def test_the_best_come_first_without_those_that_must_not_be_shown(n: int, rows: list[int]) -> None:
    found, scores = best_rows(SCORES, n)
    assert found.tolist() == rows
    assert scores.tolist() == SCORES[rows].tolist()


def test_of_nothing_nothing_is_best() -> None:
    assert not len(best_rows(np.full(3, -np.inf, np.float32), 2)[0])


def test_scores_are_standardised_over_the_films_that_have_one() -> None:
    standard = standardised(SCORES)
    there = standard[np.isfinite(standard)]
    assert there.mean() == pytest.approx(0, abs=1e-6)
    assert there.std() == pytest.approx(1)
    assert np.isneginf(standard).tolist() == np.isneginf(SCORES).tolist()


def test_equal_scores_stay_as_they_are() -> None:
    equal = np.full(3, 4, np.float32)
    assert mean_and_deviation(equal) == (4.0, 0.0)
    assert standardised(equal).tolist() == [4, 4, 4]

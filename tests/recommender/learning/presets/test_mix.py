"""The merit of top picks."""

import numpy as np
import pytest

from recommender.learning.presets.mix import TOP_PICKS, Mix, log_chances


def floats(*values: float) -> np.ndarray:
    return np.array(values, np.float32)


def test_merit_by_hand() -> None:
    merit = Mix(next_weight=0.5, caution=2.0).merit(
        floats(4.0, 3.0), floats(0.0, np.log(3)), floats(0.25, 0.0)
    )
    np.testing.assert_allclose(
        merit, [4 + 0.5 * np.log(1 / 4) - 0.5, 3 + 0.5 * np.log(3 / 4)], rtol=1e-6
    )


def test_chances_sum_to_one_at_any_level() -> None:
    scores = floats(1.0, 2.0, 500.0, 498.0)
    assert np.exp(log_chances(scores)).sum() == pytest.approx(1, abs=1e-4)
    np.testing.assert_allclose(log_chances(scores), log_chances(scores - 400), atol=1e-4)


def test_what_cannot_come_next_has_no_merit_and_takes_no_chance() -> None:
    chances = log_chances(floats(0.0, 0.0, -np.inf))
    np.testing.assert_allclose(chances, [np.log(0.5), np.log(0.5), -np.inf])
    assert TOP_PICKS.merit(floats(5.0), floats(-np.inf), floats(0.0))[0] == -np.inf
    assert not len(log_chances(floats()))

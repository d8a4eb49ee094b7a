"""The merit of top picks and of watch next."""

import numpy as np

from recommender.learning.presets.mix import TOP_PICKS, WATCH_NEXT, Mix


def floats(*values: float) -> np.ndarray:
    return np.array(values, np.float32)


def test_merit_by_hand() -> None:
    merit = Mix(next_weight=0.5, caution=2.0).merit(
        floats(4.0, 3.0), floats(-1.0, -2.0), floats(0.25, 0.0)
    )
    np.testing.assert_allclose(merit, [4 - 0.5 - 0.5, 3 - 1.0], rtol=1e-6)


def test_what_cannot_come_next_has_no_merit() -> None:
    assert TOP_PICKS.merit(floats(5.0), floats(-np.inf), floats(0.0))[0] == -np.inf


def test_watch_next_asks_more_of_what_comes_next() -> None:
    assert WATCH_NEXT.next_weight > TOP_PICKS.next_weight

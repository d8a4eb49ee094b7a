"""The benchmark must not praise a model that answers nothing."""

import numpy as np
import pytest

from recommender.learning.interactions import Interactions

from .bench_next_film import Protocol, ranks


def test_scores_that_are_nan_are_an_error():
    train = Interactions([0, 0], [1, 2], num_items=4)
    protocol = Protocol("windows", train, [np.array([1, 2])], np.array([3]), False)
    assert ranks(protocol, lambda histories: np.arange(4.0)[None]).tolist() == [1]
    with pytest.raises(ValueError, match=r"windows: scores of .* must not be NaN, got 4 of 4"):
        ranks(protocol, lambda histories: np.full((1, 4), np.nan))

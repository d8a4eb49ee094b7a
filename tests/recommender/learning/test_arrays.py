"""Looking values up in a sorted array."""

import numpy as np
import pytest

from recommender.learning.arrays import positions


@pytest.mark.parametrize(
    ("ascending", "wanted", "expected"),
    [
        ([0, 3, 5, 9], [5, 0, 9], [2, 0, 3]),
        ([0, 3, 5, 9], [4, 10, -1], [-1, -1, -1]),
        ([], [4], [-1]),
        ([3], [], []),
    ],
)
def test_positions(ascending: list[int], wanted: list[int], expected: list[int]) -> None:
    found = positions(np.array(ascending, np.int64), np.array(wanted, np.int64))
    assert found.tolist() == expected

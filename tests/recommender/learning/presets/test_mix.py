"""The merit of top picks and of watch next."""

import json

import numpy as np
import pytest

from recommender.learning.presets.mix import USUAL, Mix, Mixes


def floats(*values: float) -> np.ndarray:
    return np.array(values, np.float32)


def test_merit_by_hand() -> None:
    merit = Mix(next_weight=0.5, caution=2.0).merit(
        floats(4.0, 3.0), floats(-1.0, -2.0), floats(0.25, 0.0)
    )
    np.testing.assert_allclose(merit, [4 - 0.5 - 0.5, 3 - 1.0], rtol=1e-6)


def test_what_cannot_come_next_has_no_merit() -> None:
    assert USUAL.top_picks.merit(floats(5.0), floats(-np.inf), floats(0.0))[0] == -np.inf


def test_watch_next_asks_more_of_what_comes_next() -> None:
    assert USUAL.watch_next.next_weight > USUAL.top_picks.next_weight


def test_mixes_come_back_from_their_settings() -> None:
    mixes = Mixes(
        top_picks=Mix(next_weight=0.05, caution=3.0), watch_next=Mix(next_weight=0.2, caution=1.5)
    )
    assert Mixes.from_settings(json.loads(json.dumps(mixes.settings()))) == mixes
    with pytest.raises(TypeError, match="weight"):
        Mixes.from_settings({"top_picks": {"weight": 1.0}, "watch_next": {"weight": 1.0}})

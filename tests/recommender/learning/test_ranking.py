"""The best of a row of scores, and items alike."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender.learning.interactions import Interactions
from recommender.learning.ranking import excluded_items, most_similar, top_n


@given(
    scores=st.lists(st.sampled_from([-np.inf, 0.0, 1.0, 2.0, 3.0]), min_size=1, max_size=20),
    n=st.integers(1, 25),
)
def test_the_best_come_first_and_ties_by_id(scores, n):
    ids, best = top_n(np.array(scores), n)
    expected = sorted((-score, id_) for id_, score in enumerate(scores) if score > -np.inf)[:n]
    assert ids.tolist() == [id_ for _, id_ in expected]
    assert best.tolist() == [-score for score, _ in expected]


def test_similar_items_point_the_same_way():
    vectors = np.array([[0, 0], [1, 0], [9, 1], [0, 1], [-1, 0]], dtype=np.float32)
    ids, cosines = most_similar(vectors, 1, 3)
    assert ids.tolist() == [2, 3, 4]
    np.testing.assert_allclose(cosines, [9 / np.sqrt(82), 0, -1], rtol=1e-6)
    assert most_similar(vectors, 0, 3)[0].tolist() == []
    with pytest.raises(ValueError, match="item_id must be between 0 and 4, got 5"):
        most_similar(vectors, 5, 3)


def test_exclusions_are_items_or_a_users_own():
    data = Interactions([0, 1], [2, 3])
    assert excluded_items(data, 1, 4).tolist() == [3]
    assert excluded_items([1, 2], None, 4).tolist() == [1, 2]
    assert excluded_items(None, 0, 4).tolist() == []
    with pytest.raises(ValueError, match="exclude must be below 4, got 4"):
        excluded_items([4], None, 4)
    with pytest.raises(ValueError, match="exclude must be item ids"):
        excluded_items(data, None, 4)

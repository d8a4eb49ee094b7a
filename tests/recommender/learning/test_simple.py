"""What a small model of what comes next gets from its base class."""

import numpy as np
import pytest

from recommender.learning.interactions import Interactions
from recommender.learning.interfaces import NextItemModel, NextItemScorer
from recommender.learning.simple import SimpleNextItemModel


class Counts(SimpleNextItemModel):
    def fit(self, interactions, *, progress=None, warm_start=None):
        counts = np.bincount(interactions.item_ids, minlength=interactions.num_items)
        self.arrays["item_counts"] = counts.astype(np.float32)
        return self

    def scores(self, history):
        scores = self.arrays["item_counts"].copy()
        scores[0] = -np.inf
        return scores


@pytest.fixture
def fitted():
    return Counts().fit(Interactions(np.array([0, 0, 1]), np.array([1, 2, 2]), num_items=4))


def test_what_it_exports_is_what_it_is_loaded_from(fitted):
    again = Counts.load(*fitted.export())
    assert again.num_items == 4
    assert again.scores(np.array([1])).tolist() == [-np.inf, 1, 2, 0]
    assert again.predict(np.array([[0, 1], [1, 2]])).tolist() == [[-np.inf, 1, 2, 0]] * 2


def test_it_does_what_both_protocols_ask_for(fitted):
    model: NextItemModel = fitted
    scorer: NextItemScorer = fitted
    assert model.batch_size is None
    assert model.checkpoint() is None
    history = np.array([1, 2])
    assert scorer.log_chances(history).tolist() == scorer.scores(history).tolist()
    assert scorer.explain_each(history, [1, 2, 3]).tolist() == [[0, 0]] * 3
    assert [len(part) for part in scorer.similar(1, 5)] == [0, 0]


def test_one_that_was_not_fitted_says_so():
    with pytest.raises(ValueError, match=r"Counts has no array named item_\.\.\.: fit it first"):
        Counts().num_items  # noqa: B018

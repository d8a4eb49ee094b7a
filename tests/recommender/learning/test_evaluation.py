"""Evaluation of models against one user, one sequence at a time."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import rankdata

from recommender.learning import evaluation
from recommender.learning.evaluation import (
    mrr_score,
    precision_recall_score,
    ranking_scores,
    recommended_lists,
    rmse_score,
    sequence_mrr_score,
    sequence_precision_recall_score,
)
from recommender.learning.interactions import Interactions, SequenceInteractions

NUM_ITEMS = 7


class Table:
    """Scores from a table, for many users at once or, like Spotlight, for one."""

    def __init__(self, scores, batched=True):
        self.scores = np.asarray(scores, dtype=float)
        self.batched = batched
        self.calls = 0

    def predict(self, users, items=None):
        self.calls += 1
        if items is not None:
            return self.scores[users, items]
        if not self.batched and np.ndim(users):
            return np.zeros(3)
        return self.scores[users]


class LastItemTable(Table):
    """Scores from the row of the last item."""

    def predict(self, sequences):
        self.calls += 1
        if not self.batched and np.ndim(sequences) == 2:
            return np.zeros(3)
        return self.scores[np.asarray(sequences)[..., -1]]


def tables(rows: int):
    row = st.lists(st.integers(0, 5), min_size=NUM_ITEMS, max_size=NUM_ITEMS)
    return st.lists(row, min_size=rows, max_size=rows)


def pairs(min_size: int):
    pair = st.tuples(st.integers(0, 3), st.integers(0, NUM_ITEMS - 1))
    return st.lists(pair, min_size=min_size, max_size=12)


def interactions(chosen) -> Interactions:
    users, items = zip(*chosen, strict=True) if chosen else ((), ())
    empty = np.zeros(0, int)
    return Interactions(users or empty, items or empty, num_users=4, num_items=NUM_ITEMS)


@pytest.mark.parametrize("batched", [True, False])
@settings(deadline=None)
@given(scores=tables(4), test=pairs(1), train=st.none() | pairs(0), k=st.integers(1, NUM_ITEMS))
def test_users_are_scored_one_by_one(batched, scores, test, train, k):
    model = Table(scores, batched)
    seen = None if train is None else interactions(train)
    reciprocal, precision, recall = [], [], []
    for user in sorted({user for user, _ in test}):
        negated = -model.scores[user]
        if train is not None:
            negated[[item for owner, item in train if owner == user]] = np.inf
        right = sorted({item for owner, item in test if owner == user})
        places = rankdata(negated)[right]
        reciprocal.append((1 / places).mean())
        precision.append((places <= k).sum() / k)
        recall.append((places <= k).mean())
    held_out = interactions(test)
    np.testing.assert_allclose(mrr_score(model, held_out, seen), reciprocal)
    found = precision_recall_score(model, held_out, seen, k)
    np.testing.assert_allclose(found, [precision, recall])


@pytest.mark.parametrize("batched", [True, False])
@settings(deadline=None)
@given(
    scores=tables(NUM_ITEMS),
    rows=st.lists(
        st.lists(st.integers(1, NUM_ITEMS - 1), min_size=4, max_size=4), min_size=1, max_size=6
    ),
    exclude=st.booleans(),
)
def test_sequences_are_scored_one_by_one(batched, scores, rows, exclude):
    model = LastItemTable(scores, batched)
    expected = []
    for row in rows:
        negated = -model.scores[row[-2]]
        if exclude:
            negated[row[:-1]] = np.inf
        expected.append(1 / rankdata(negated)[row[-1]])
    test = SequenceInteractions(rows, num_items=NUM_ITEMS)
    np.testing.assert_allclose(sequence_mrr_score(model, test, exclude), expected)


def test_several_items_are_held_out_of_a_sequence():
    model = LastItemTable(np.tile(np.arange(NUM_ITEMS), (NUM_ITEMS, 1)))
    test = SequenceInteractions([[0, 3, 5, 6], [2, 4, 1, 2]], num_items=NUM_ITEMS)
    precision, recall = sequence_precision_recall_score(model, test, k=2)
    assert precision.tolist() == recall.tolist() == [1, 0]
    precision, _ = sequence_precision_recall_score(model, test, k=2, exclude_preceding=True)
    assert precision.tolist() == [1, 0]


def test_an_item_held_out_twice_is_one_hit():
    model = LastItemTable(np.tile(np.arange(NUM_ITEMS), (NUM_ITEMS, 1)))
    test = SequenceInteractions([[1, 3, 6, 6], [1, 6, 3, 3]], num_items=NUM_ITEMS)
    precision, recall = sequence_precision_recall_score(model, test, k=2)
    assert precision.tolist() == recall.tolist() == [0.5, 0]


def test_several_k_make_columns():
    model = Table([np.arange(NUM_ITEMS)])
    precision, recall = precision_recall_score(model, interactions([(0, 6), (0, 0)]), k=[1, 2])
    assert precision.tolist() == [[1, 0.5]]
    assert recall.tolist() == [[0.5, 0.5]]


def test_many_users_take_one_call(monkeypatch):
    model = Table(np.random.RandomState(0).rand(4, NUM_ITEMS))
    test = interactions([(user, user) for user in range(4)])
    whole = ranking_scores(model, test).ndcg
    assert model.calls == 1
    monkeypatch.setattr(evaluation, "_CELLS_AT_ONCE", NUM_ITEMS)
    np.testing.assert_array_equal(ranking_scores(model, test).ndcg, whole)
    assert model.calls == 5


def test_ratings_are_compared():
    model = Table([[1.0, 2.0]])
    test = Interactions([0, 0], [0, 1], ratings=[2.0, 4.0])
    assert rmse_score(model, test) == pytest.approx(np.sqrt((1 + 4) / 2))
    with pytest.raises(ValueError, match=r"test\.ratings must be given"):
        rmse_score(model, Interactions([0], [0]))


def test_lists_leave_out_what_was_seen():
    model = Table([np.arange(NUM_ITEMS)] * 4)
    lists = recommended_lists(model, np.array([0, 2]), interactions([(2, 6), (2, 4)]), k=3)
    assert lists.tolist() == [[6, 5, 4], [5, 3, 2]]


def test_bad_questions_are_named():
    model = Table([[1.0] * 3])
    with pytest.raises(ValueError, match="test must not be empty"):
        mrr_score(model, interactions([]))
    with pytest.raises(ValueError, match="k must be below the sequences' length 2, got 2"):
        sequence_precision_recall_score(model, SequenceInteractions([[1, 2]]), k=2)
    with pytest.raises(ValueError, match=r"must score 7 items, got shape \(3,\)"):
        mrr_score(model, interactions([(0, 1)]))

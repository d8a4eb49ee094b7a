"""Evaluation of models against one user, one sequence at a time."""

from types import SimpleNamespace

import numpy as np
import pytest
import torch
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


class OneUser:
    """Scores of one user in the form that ``form`` makes of them."""

    def __init__(self, form):
        self.form = form

    def predict(self, user):
        return self.form(user)


SCORES = np.random.RandomState(3).rand(4, NUM_ITEMS)


@pytest.mark.parametrize(
    "form",
    [
        dict(enumerate(SCORES)).__getitem__,
        lambda user: SCORES[range(4).index(user)],
        lambda user: SCORES[user.numerator],
        lambda user: SCORES[int(user)].tolist(),
        lambda user: SCORES[int(user)][None],
        lambda user: torch.tensor(SCORES[user], requires_grad=True),
        lambda user: SCORES[user].astype(object),
        lambda user: np.ma.array(SCORES[user]),
    ],
)
def test_any_object_with_predict_is_a_model(form):
    test = interactions([(user, user) for user in range(4)])
    expected = ranking_scores(Table(SCORES), test, interactions([(0, 3)])).ndcg
    found = ranking_scores(OneUser(form), test, interactions([(0, 3)])).ndcg
    np.testing.assert_allclose(found, expected, rtol=1e-6)


def test_a_module_with_predict_as_an_attribute_is_a_model():
    model = SimpleNamespace(predict=lambda users: SCORES[users])
    assert mrr_score(model, interactions([(0, int(SCORES[0].argmax()))])).tolist() == [1]


def test_an_error_of_the_model_is_its_own():
    def broken(user):
        raise RuntimeError("no such file")

    with pytest.raises(RuntimeError, match="no such file"):
        mrr_score(OneUser(broken), interactions([(0, 1)]))


def test_nan_is_no_prediction():
    scores = SCORES.copy()
    scores[2, 5] = np.nan
    test = interactions([(1, 1), (2, 5)])
    complaint = r"Table\.predict must not be NaN, got 1 of 14, the first of item 5 for 2"
    for score in (mrr_score, precision_recall_score, ranking_scores):
        with pytest.raises(ValueError, match=complaint):
            score(Table(scores), test)
    with pytest.raises(ValueError, match=r"item 5 for 2$"):
        mrr_score(Table(scores), test, train=interactions([(2, 5)]))
    with pytest.raises(ValueError, match=r"Table\.predict must not be NaN"):
        recommended_lists(Table(scores), np.array([2]), interactions([(2, 6)]))
    rated = Interactions([1, 2], [1, 5], ratings=[1, 2])
    with pytest.raises(ValueError, match=r"NaN, got 1 of 2, the first for user 2 and item 5"):
        rmse_score(Table(scores), rated)


@pytest.mark.parametrize("score", [sequence_mrr_score, sequence_precision_recall_score])
def test_nan_is_no_prediction_of_a_sequence(score):
    scores = np.zeros((NUM_ITEMS, NUM_ITEMS))
    scores[4] = np.nan
    test = SequenceInteractions([[1, 2, 3], [3, 4, 1], [4, 4, 1]], num_items=NUM_ITEMS)
    more = {"k": 1} if score is sequence_precision_recall_score else {}
    with pytest.raises(ValueError, match=r"14 of 21, the first of item 0 for \[3, 4\]"):
        score(LastItemTable(scores), test, **more)


def test_data_changed_so_that_it_does_not_fit_is_refused():
    model = Table(SCORES)
    test, train = interactions([(0, 1), (1, 2)]), interactions([(0, 2)])
    test.item_ids[0] = NUM_ITEMS
    with pytest.raises(ValueError, match=r"test\.num_items is 7, but the largest id is 7"):
        mrr_score(model, test)
    train.user_ids[0] = -1
    with pytest.raises(ValueError, match=r"train\.user_ids must not be negative, got -1"):
        mrr_score(model, interactions([(0, 1)]), train)
    with pytest.raises(ValueError, match=r"train\.user_ids must not be negative, got -1"):
        recommended_lists(model, np.array([0]), train)
    rows = SequenceInteractions([[1, 2]], num_items=NUM_ITEMS)
    rows.sequences[0, 1] = NUM_ITEMS
    with pytest.raises(ValueError, match=r"test\.num_items is 7, but the largest id is 7"):
        sequence_mrr_score(LastItemTable(np.eye(NUM_ITEMS)), rows)


def test_training_data_may_lack_users_but_not_have_other_items():
    test = interactions([(3, 1)])
    one_user = Interactions([0], [1], num_users=1, num_items=NUM_ITEMS)
    np.testing.assert_array_equal(
        mrr_score(Table(SCORES), test, one_user), mrr_score(Table(SCORES), test)
    )
    with pytest.raises(ValueError, match="train must have at most the 7 items of test, got 9"):
        mrr_score(Table(SCORES), test, Interactions([0], [8]))


def test_users_of_lists_may_be_whole_floats_and_are_known():
    lists = recommended_lists(Table(SCORES), np.array([2.0]), interactions([(2, 6)]), k=3)
    assert lists.shape == (1, 3)
    with pytest.raises(ValueError, match="user_ids must be below 4, got 4"):
        recommended_lists(Table(SCORES), np.array([4]), interactions([(2, 6)]))


def test_ratings_are_compared():
    model = Table([[1.0, 2.0]])
    test = Interactions([0, 0], [0, 1], ratings=[2.0, 4.0])
    assert rmse_score(model, test) == pytest.approx(np.sqrt((1 + 4) / 2))
    with pytest.raises(ValueError, match=r"test\.ratings must be given"):
        rmse_score(model, Interactions([0], [0]))


def test_ratings_may_be_a_column_but_must_be_one_each():
    test = Interactions([0, 0], [0, 1], ratings=[2.0, 4.0])
    column = SimpleNamespace(predict=lambda users, items: np.array([[1.0], [2.0]]))
    assert rmse_score(column, test) == pytest.approx(np.sqrt((1 + 4) / 2))
    one = SimpleNamespace(predict=lambda users, items: np.array([3.0]))
    with pytest.raises(ValueError, match=r"predict must give 2 ratings, got 1"):
        rmse_score(one, test)


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

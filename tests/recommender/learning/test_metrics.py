"""Metrics against brute force over sorted lists."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import rankdata

from recommender.learning.catalog_metrics import score_catalog_use
from recommender.learning.metrics import bootstrap_interval, ranks, score_rankings


@settings(deadline=None)
@given(
    scores=st.lists(st.lists(st.integers(0, 4), min_size=6, max_size=6), min_size=1, max_size=4),
    data=st.data(),
)
def test_ranks_are_those_of_scipy(scores, data):
    table = np.array(scores, dtype=float)
    table[table == 0] = -np.inf
    rows = data.draw(st.lists(st.integers(0, len(scores) - 1), min_size=1, max_size=8))
    items = data.draw(st.lists(st.integers(0, 5), min_size=len(rows), max_size=len(rows)))
    expected = [rankdata(-table[row])[item] for row, item in zip(rows, items, strict=True)]
    assert ranks(table, np.array(rows), np.array(items)).tolist() == expected


def test_nan_has_no_rank():
    """It compares as no larger than anything, and so would come out first."""
    table = np.zeros((2, 4))
    table[1, 2] = np.nan
    with pytest.raises(
        ValueError, match=r"scores must not be NaN, got 1 of 8, the first of item 2 for \[1\]"
    ):
        ranks(table, np.array([1]), np.array([2]))


def brute_force(order: list[int], right: set[int], k: int) -> dict[str, float]:
    """All metrics of one list, by going down it."""
    hits, precisions, gain = 0, 0.0, 0.0
    for place, item in enumerate(order[:k], start=1):
        if item in right:
            hits += 1
            precisions += hits / place
            gain += 1 / math.log2(place + 1)
    ideal = sum(1 / math.log2(place + 1) for place in range(1, min(len(right), k) + 1))
    places = [place for place, item in enumerate(order, start=1) if item in right]
    return {
        "hit_rate": float(hits > 0),
        "precision": hits / k,
        "recall": hits / len(right),
        "ndcg": gain / ideal,
        "average_precision": precisions / min(len(right), k),
        "reciprocal_rank": 1 / places[0],
        "mean_reciprocal_rank": sum(1 / place for place in places) / len(places),
    }


@settings(deadline=None)
@given(
    questions=st.lists(
        st.tuples(st.permutations(range(8)), st.sets(st.integers(0, 7), min_size=1)),
        min_size=1,
        max_size=4,
    ),
    k=st.integers(1, 9),
)
def test_metrics_are_those_of_brute_force(questions, k):
    ids, places = [], []
    for question, (order, right) in enumerate(questions):
        for item in right:
            ids.append(question)
            places.append(order.index(item) + 1.0)
    found = score_rankings(np.array(ids), np.array(places), k)
    for question, (order, right) in enumerate(questions):
        for name, value in brute_force(order, right, k).items():
            assert getattr(found, name)[question] == pytest.approx(value), name
    assert found.means()["ndcg"] == pytest.approx(found.ndcg.mean())


def test_a_perfect_list_scores_one_and_a_late_one_nothing():
    best = score_rankings(np.array([5, 5]), np.array([2.0, 1.0]), 10).means()
    assert {best[name] for name in best if name != "mean_reciprocal_rank"} == {1.0, 0.2}
    late = score_rankings(np.array([5]), np.array([11.0]), 10)
    assert late.ndcg.tolist() == late.hit_rate.tolist() == late.average_precision.tolist() == [0]


def test_intervals_hold_the_truth_about_as_often_as_they_say():
    state = np.random.RandomState(0)
    held = 0
    for seed in range(100):
        interval = bootstrap_interval(state.normal(1, 1, 60), 0.9, 300, seed)
        held += interval.low <= 1 <= interval.high
    assert 80 <= held <= 98


def test_pairing_narrows_an_interval():
    state = np.random.RandomState(0)
    first = state.rand(200)
    second = first + 0.01 + state.normal(0, 0.01, 200)
    difference = bootstrap_interval(second - first)
    assert difference.low > 0
    alone = bootstrap_interval(first)
    assert alone.high - alone.low > 5 * (difference.high - difference.low)


def test_catalog_use_by_hand():
    lists = np.array([[0, 1], [0, 2]])
    counts = np.array([4, 2, 1, 1])
    vectors = np.array([[1.0, 0], [1, 0], [0, 2], [0, 1]])
    found = score_catalog_use(lists, counts, num_users=4, item_vectors=vectors)
    assert found.coverage == 3 / 4
    assert found.novelty == pytest.approx((0 + 1 + 0 + 2) / 4)
    assert found.diversity == pytest.approx((0 + 1) / 2)
    assert found.popularity == pytest.approx((1 + 0.5 + 1 + 0.25) / 4)
    typical = (4 * 1 + 2 * 0.5 + 0.25 + 0.25) / 8
    assert found.popularity_lift == pytest.approx(found.popularity / typical)
    assert score_catalog_use(lists, counts, 4).diversity is None


def test_bad_arguments_are_named():
    with pytest.raises(ValueError, match="k must be positive, got 0"):
        score_rankings(np.array([0]), np.array([1.0]), 0)
    with pytest.raises(ValueError, match="questions must not be empty"):
        score_rankings(np.array([], dtype=int), np.array([]))
    with pytest.raises(ValueError, match=r"item_ranks must be 1 or more, got 0.5 for question 4"):
        score_rankings(np.array([3, 4]), np.array([1.0, 0.5]))
    with pytest.raises(ValueError, match="item_ranks must be 1 or more, got nan for question 3"):
        score_rankings(np.array([3]), np.array([np.nan]))
    with pytest.raises(ValueError, match="values must not be NaN, got one at 1"):
        bootstrap_interval(np.array([1.0, np.nan]))
    with pytest.raises(ValueError, match="values must not be empty"):
        bootstrap_interval(np.array([]))
    with pytest.raises(ValueError, match="confidence must be between 0 and 1, got 95"):
        bootstrap_interval(np.ones(3), confidence=95)
    with pytest.raises(ValueError, match="lists must hold items"):
        score_catalog_use(np.zeros((0, 10), int), np.ones(3), 2)

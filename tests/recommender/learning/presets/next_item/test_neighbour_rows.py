"""What the neighbours of a history's items add up to, against sums item by item."""

import numpy as np
import pytest

from recommender.learning.presets.next_item.neighbour_rows import (
    DECAYS,
    SPAN,
    NeighbourRows,
    by_kind,
    step_weights,
    sums_without_each,
)

ITEMS = 40


@pytest.fixture(scope="module")
def dense():
    """Of each item for each other, zeros where it is no neighbour; item 7 has none."""
    state = np.random.default_rng(0)
    values = state.random((ITEMS, ITEMS, 2 * len(DECAYS))).astype(np.float32)
    values[state.random((ITEMS, ITEMS)) < 0.6] = 0.0
    values[7] = 0.0
    return values


@pytest.fixture(scope="module")
def rows(dense):
    own, ids = np.nonzero(dense.any(axis=2))
    offsets = np.searchsorted(own, np.arange(ITEMS + 1))
    return NeighbourRows(offsets, ids.astype(np.int32), dense[own, ids])


def history_of(length, seed=0):
    return np.random.default_rng(seed).integers(0, ITEMS, length)


def added_up(dense, history):
    newest = history[::-1][:SPAN]
    weights = np.tile(step_weights(SPAN), 2)[: len(newest)]
    return by_kind(np.einsum("sc,sic->ic", weights, dense[newest]))


@pytest.mark.parametrize("length", [0, 1, SPAN, SPAN + 5])
def test_sums_are_of_the_newest_items(rows, dense, length):
    history = history_of(length)
    for told, expected in zip(rows.sums(history), added_up(dense, history), strict=True):
        np.testing.assert_allclose(told, expected, rtol=1e-5, atol=1e-6)


def test_pulls_of_several_histories_stand_one_below_the_other(rows, dense):
    newest = [history_of(10, 1), np.array([7]), history_of(4, 2), history_of(0)]
    wanted = [np.array([3, 9, 1]), np.array([5]), np.array([39, 0]), np.array([2])]
    told = rows.pulls_of_each(newest, wanted, 10)
    first = 0
    for history, items in zip(newest, wanted, strict=True):
        own = told[first : first + len(items)]
        np.testing.assert_array_equal(
            own[:, : len(history)], dense[history][:, items].swapaxes(0, 1)
        )
        assert not own[:, len(history) :].any()
        first += len(items)
    assert first == len(told)


@pytest.mark.parametrize("length", [1, 2, SPAN, SPAN + 1, SPAN + 9])
def test_sums_without_an_item_are_those_of_the_others(rows, dense, length):
    history = history_of(length, 3)
    wanted = np.array([4, 8, 30])
    whole, without = sums_without_each(rows.pulls(history[::-1][: SPAN + 1], wanted), length)
    np.testing.assert_allclose(whole, np.stack(added_up(dense, history), 1)[wanted], rtol=1e-4)
    for place in range(length):
        others = np.stack(added_up(dense, np.delete(history, place)), 1)[wanted]
        np.testing.assert_allclose(without[:, place], others, rtol=1e-4, atol=1e-5)

"""Ratings laid out in cells: each one once for each side, and in the order of the rows."""

import numpy as np
import pytest
import torch

from recommender.learning import presets
from recommender.learning.presets.stars import cells
from recommender.learning.presets.stars.cells import Ratings, numbered

from .test_model import tastes

CPU = torch.device("cpu")


def ratings(seed=0, size=400):
    state = np.random.RandomState(seed)
    users = np.concatenate([np.arange(40), state.randint(0, 40, size - 40)]).astype(np.int32)
    items = np.concatenate([np.arange(60), state.randint(0, 60, size - 60)]).astype(np.int32)
    stars = state.randn(size).astype(np.float32)
    return Ratings(users, items, stars, np.arange(size, dtype=np.float32))


@pytest.mark.parametrize("in_order", [False, True])
def test_every_rating_is_in_one_cell_of_each_side(monkeypatch, in_order):
    monkeypatch.setattr(cells, "ROWS_AT_ONCE", 7)
    monkeypatch.setattr(cells, "OTHERS_AT_ONCE", 11)
    given = ratings()
    if in_order:
        order = np.argsort(given.users, kind="stable")
        columns = (given.users, given.items, given.stars, given.weights)
        given = Ratings(*(column[order] for column in columns))
    for own, other, found in (
        (given.users, given.items, given.of_users(CPU)),
        (given.items, given.users, given.of_items(CPU)),
    ):
        expected = set(zip(own, other, given.stars, given.weights, strict=True))
        met = [
            (int(row) + cell.own.start, int(one) + cell.other.start, float(stars), float(weight))
            for cell in found
            for row, one, stars, weight in zip(
                cell.rows, cell.others, cell.ratings, cell.weights, strict=True
            )
        ]
        assert len(met) == len(given.stars)
        assert set(met) == expected
        starts = [cell.own.start for cell in found]
        assert starts == sorted(starts)
        assert len(set(starts)) == -(-(int(own.max()) + 1) // 7)


def test_sums_are_those_of_each_row():
    given = ratings()
    (cell,) = given.of_items(CPU)
    rows = torch.randn(40, 3, dtype=torch.float64)
    summed = np.zeros((60, 3))
    np.add.at(summed, given.items, given.stars[:, None] * rows.numpy()[given.users])
    np.testing.assert_allclose(cell.spread(cell.ratings.double(), rows).numpy(), summed, rtol=1e-9)


def test_only_ids_that_there_are_get_a_place():
    present, places = numbered(np.array([5, 2, 5, 9]), 12)
    assert present.tolist() == [2, 5, 9]
    assert places.tolist() == [1, 0, 1, 2]


def test_the_order_of_the_ratings_changes_nothing():
    data = tastes()
    order = np.random.RandomState(3).permutation(len(data))
    sorted_fit, mixed_fit = (
        presets.explicit(random_state=0).fit(one) for one in (data, data.take(order))
    )
    users = np.arange(20)
    np.testing.assert_allclose(mixed_fit.predict(users), sorted_fit.predict(users), atol=2e-3)

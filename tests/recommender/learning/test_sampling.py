"""Negatives: never what the user has, never the padding item, and evenly among the rest."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from recommender.learning.sampling import (
    NegativeSampler,
    PopularitySampler,
    hardest,
    other_items,
    sample_items,
    users_return,
)


@settings(deadline=None)
@given(
    chosen=st.lists(st.tuples(st.integers(0, 4), st.integers(0, 8)), max_size=30),
    never=st.sets(st.integers(0, 8), max_size=8),
    seed=st.integers(0, 99),
)
def test_no_draw_is_wrong(chosen, never, seed):
    users = torch.tensor([user for user, _ in chosen], dtype=torch.long)
    items = torch.tensor([item for _, item in chosen], dtype=torch.long)
    torch.manual_seed(seed)
    sampler = NegativeSampler(users, items, 5, 9, never=torch.tensor(sorted(never)).long())
    drawn = sampler.sample(torch.arange(5), (20,))
    for user in range(5):
        own = {item for owner, item in chosen if owner == user}
        allowed = set(range(9)) - never
        assert set(drawn[user].tolist()) <= (allowed - own or allowed)


def test_every_unchosen_item_is_drawn_equally_often():
    torch.manual_seed(0)
    sampler = NegativeSampler(
        torch.tensor([0, 0, 1]), torch.tensor([1, 3, 2]), 2, 6, never=torch.tensor([0])
    )
    drawn = sampler.sample(torch.tensor([0, 1]), (30_000,))
    counts = [np.bincount(row, minlength=6) / 30_000 for row in drawn.numpy()]
    np.testing.assert_allclose(counts[0], [0, 0, 1 / 3, 0, 1 / 3, 1 / 3], atol=0.02)
    np.testing.assert_allclose(counts[1], [0, 0.25, 0, 0.25, 0.25, 0.25], atol=0.02)


@pytest.mark.parametrize(
    ("sequences", "expected"),
    [
        ([[0, 1, 2, 3], [0, 0, 2, 1]], False),
        ([[1, 2, 1, 2], [0, 3, 3, 4]], True),
        # One return among many choices of few items: less than half of what chance would bring.
        ([[1, 2, 3, 4, 5, 6, 1]] + [[1, 2, 3, 4, 5, 6, 7]] * 3, False),
        ([[0, 0, 1]], False),
    ],
)
def test_users_return_if_they_do_so_at_least_half_as_often_as_chance(sequences, expected):
    assert users_return(torch.tensor(sequences)) is expected


def test_the_share_that_a_user_chose_leaves_out_what_is_never_drawn():
    users, items = torch.tensor([0, 0, 0, 1]), torch.tensor([0, 1, 1, 2])
    sampler = NegativeSampler(users, items, 3, 5, never=torch.tensor([0]))
    assert sampler.chosen_share().tolist() == [0.25, 0.25, 0]


@pytest.mark.parametrize("num_items", [2, 3, 6])
def test_every_other_item_is_drawn_equally_often(num_items):
    torch.manual_seed(0)
    items = torch.arange(1, num_items)
    drawn = other_items(items, num_items, 20_000)
    for item, row in zip(items.tolist(), drawn.numpy(), strict=True):
        others = sorted(set(range(1, num_items)) - {item}) or [item]
        expected = np.isin(np.arange(num_items), others) / len(others)
        shares = np.bincount(row, minlength=num_items) / row.size
        np.testing.assert_allclose(shares, expected, atol=0.02)


def test_the_highest_of_each_row_is_the_hardest_and_keeps_no_gradient():
    scores = torch.tensor([0.0, 3.0, 1.0, 2.0], requires_grad=True)
    found = hardest(torch.tensor([[2, 1], [3, 0]]), lambda items: scores[items])
    assert found.tolist() == [[1], [3]]
    loss = scores[found].sum()
    loss.backward()
    assert scores.grad.tolist() == [0, 1, 0, 1]


def test_popular_items_are_drawn_more_often():
    torch.manual_seed(0)
    sampler = PopularitySampler(torch.tensor([-1, 0, 15]), power=0.5)
    drawn = np.bincount(sampler.sample(20_000).numpy(), minlength=3) / 20_000
    np.testing.assert_allclose(drawn, [0, 0.2, 0.8], atol=0.02)
    np.testing.assert_allclose(sampler.log_q.exp(), [0, 0.2, 0.8], atol=1e-6)


def test_items_are_sampled_by_seed():
    first, again = (sample_items(10, (3, 4), np.random.RandomState(1)) for _ in range(2))
    assert first.shape == (3, 4)
    assert first.tolist() == again.tolist()
    assert set(sample_items(5, 500, 0).tolist()) == set(range(5))


def test_bad_arguments_are_named():
    with pytest.raises(ValueError, match="num_items must be positive, got 0"):
        sample_items(0, 3)
    ids = torch.zeros(1, dtype=torch.long)
    with pytest.raises(ValueError, match="never must leave an item to draw, got all of 2"):
        NegativeSampler(ids, ids, 1, 2, never=torch.arange(2))

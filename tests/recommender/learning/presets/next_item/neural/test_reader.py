"""Numpy reads what torch has learned to read."""

import numpy as np
import pytest
import torch

from recommender.learning.presets.next_item.neural.net import HistoryNet
from recommender.learning.presets.next_item.neural.reader import HistoryReader
from recommender.learning.presets.next_item.neural.recipe import Recipe

WINDOW = 12


@pytest.fixture(scope="module")
def net():
    torch.manual_seed(0)
    recipe = Recipe(dim=16, heads=2, blocks=3, window=WINDOW)
    net = HistoryNet(recipe, torch.arange(50)).eval()
    with torch.no_grad():
        for weight in net.parameters():
            weight += 0.2 * torch.randn_like(weight)
    return net


def random_history(length):
    return np.random.RandomState(length).randint(1, 50, length)


@pytest.mark.parametrize("length", [1, 2, 5, WINDOW, WINDOW + 1, 40])
def test_a_state_is_that_of_the_net_after_the_newest_items(net, length):
    history = random_history(length)
    with torch.no_grad():
        expected = net(torch.from_numpy(history[None, -WINDOW:]))[0, -1].numpy()
    state = HistoryReader(net.arrays()).state(history)
    np.testing.assert_allclose(state, expected, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("length", [2, 5, WINDOW, WINDOW + 1, 40])
def test_a_state_without_an_item_is_that_of_the_history_without_it(net, length):
    history, newest = random_history(length), min(length, 6)
    reader = HistoryReader(net.arrays())
    left_out = range(length - newest, length)
    expected = [reader.state(history)] + [reader.state(np.delete(history, k)) for k in left_out]
    found = reader.states_without_each(history, newest)
    np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-4)


def test_what_comes_later_is_not_seen(net):
    history = random_history(10)
    other = np.append(history[:-1], 1 + history[-1] % 49)
    with torch.no_grad():
        one, two = net(torch.from_numpy(np.stack([history, other])))
    torch.testing.assert_close(one[:-1], two[:-1])
    assert (one[-1] - two[-1]).abs().max() > 0.01


def test_a_net_starts_from_what_another_gave(net):
    torch.manual_seed(5)
    other = HistoryNet(net.recipe, torch.ones(50)).eval()
    other.start_from(net.arrays())
    items = torch.from_numpy(random_history(9)[None])
    torch.testing.assert_close(other(items), net(items))

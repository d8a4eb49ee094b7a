"""A fit that has too little time ends in time, and at rest; one that has enough sees no clock."""

import itertools

import numpy as np
import pytest
import torch

from recommender.learning.presets.next_item.neural.fit import Problem, train_reader
from recommender.learning.presets.next_item.neural.pace import Pace
from recommender.learning.presets.next_item.neural.recipe import Recipe
from recommender.learning.presets.next_item.neural.windows import Histories


def rates(steps, seconds_a_step, seconds, begun=0):
    """The rate of learning of each step that there is time for."""
    clock = itertools.count(0, seconds_a_step)
    pace = Pace(steps, begun, seconds, torch.device("cpu"), now=lambda: next(clock))
    found = []
    while pace.done < 1:
        found.append(pace.rate)
        pace.step()
    return found


def test_with_time_enough_the_clock_changes_nothing():
    assert rates(100, 1.0, 150) == rates(100, 0.0, 150)
    assert len(rates(100, 1.0, 150)) == 100


@pytest.mark.parametrize("begun", [0, 50])
def test_with_too_little_time_it_ends_in_time_and_at_rest(begun):
    found = rates(100, 10.0, 300, begun)
    assert len(found) == 30
    assert found[-1] < 0.05
    assert max(found) > 0.4


def test_the_rate_rises_first_and_then_falls():
    found = rates(100, 0.0, 1.0)
    assert found[:6] == sorted(found[:6])
    assert found[6:] == sorted(found[6:], reverse=True)
    assert found[-1] < 0.01


def test_a_fit_without_time_still_gives_what_it_has_learned():
    users = np.repeat(np.arange(40), 10)
    histories = Histories.of(users, np.arange(400) % 7 + 1)
    recipe = Recipe(dim=8, heads=1, batch=32, window=8, most_epochs=500, seconds=0.3)
    rows = np.arange(40)
    problem = Problem(histories.take(rows < 30), histories.take(rows >= 30), 8, recipe, "cpu")
    read = train_reader(problem, np.random.RandomState(0))
    assert 1 <= len(read.history) < 500
    assert np.isfinite(read.arrays["item_neural"]).all()

"""Every item is a target once, after as much of its history as a window holds."""

import numpy as np
import pytest

from recommender.learning.presets.next_item.neural.windows import Histories, batches

LENGTHS = [1, 2, 5, 9, 10, 11, 12, 40]


def histories():
    """Users whose items are numbered through, so that an item says whose it is."""
    users = np.repeat(np.arange(len(LENGTHS)), LENGTHS)
    return Histories.of(users, np.arange(1, len(users) + 1))


@pytest.mark.parametrize("seed", [None, 0, 1, 2])
def test_each_item_but_the_first_comes_next_once(seed):
    random_state = None if seed is None else np.random.RandomState(seed)
    made = histories()
    targets = np.vstack([batch.targets for batch in batches(made, 10, 30, random_state)])
    firsts = made.items[made.starts]
    assert sorted(targets[:, 0].tolist()) == sorted(set(made.items.tolist()) - set(firsts.tolist()))
    assert len(targets) == len(made)


@pytest.mark.parametrize("seed", [None, 3])
def test_a_target_follows_what_is_read_at_its_place(seed):
    random_state = None if seed is None else np.random.RandomState(seed)
    for batch in batches(histories(), 10, 30, random_state):
        assert batch.items.shape[1] <= 10
        assert (batch.items.ravel()[batch.places] + 1 == batch.targets[:, 0]).all()
        read = batch.items > 0
        assert (read[:, :-1] >= read[:, 1:]).all()  # padded at the end
        assert read.sum() == len(batch.places)


def test_the_next_few_are_targets_up_to_the_end_of_a_history():
    made = histories()
    ends = {made.items[stop - 1] for stop in made.stops}
    for batch in batches(made, 10, 30, np.random.RandomState(1), ahead=3):
        for nearest, *further in batch.targets.tolist():
            expected = nearest
            for target in further:
                expected = 0 if expected == 0 or expected in ends else expected + 1
                assert target == expected


def test_without_luck_the_newest_window_is_whole():
    made = histories().take(np.array([7]))
    longest = max(batches(made, 10, 10, None), key=lambda batch: batch.targets.max())
    assert longest.items.tolist() == [list(range(made.items[-1] - 10, made.items[-1]))]


def test_with_luck_long_histories_are_cut_elsewhere():
    made = histories().take(np.array([7]))
    cuts = {
        min(batch.items[0, 0] for batch in batches(made, 10, 10, np.random.RandomState(seed)))
        for seed in range(3)
    }
    starts = [
        sorted(batch.items[0, 0] for batch in batches(made, 10, 10, np.random.RandomState(seed)))
        for seed in range(5)
    ]
    assert len(cuts) == 1
    assert len({tuple(some) for some in starts}) > 1


def test_batches_hold_windows_of_about_one_length():
    users = np.repeat(np.arange(400), 1 + np.arange(400) % 50)
    made = Histories.of(users, np.ones(len(users), int))
    sizes = [batch.items.size for batch in batches(made, 50, 500, np.random.RandomState(0))]
    assert max(sizes) <= 500
    assert sum(sizes) < 1.1 * len(made)

"""Members of a part are what counting that part alone would give."""

import numpy as np
import pytest

from recommender.learning.interactions import Interactions
from recommender.learning.presets.next_item import (
    ease,
    export,
    held_out,
    neighbours,
    pairs,
    strongest,
    traits,
)
from recommender.learning.presets.next_item.counted import Counted
from recommender.learning.presets.next_item.export import has_repeats
from recommender.learning.presets.next_item.pairs import PairCounter, Paths, lags_of
from recommender.learning.presets.next_item.strongest import Limits, strongest_pairs

ITEMS = 30
EVERYTHING = Limits(10**6, 10**6)


def histories(users: int = 40, seed: int = 0) -> Interactions:
    """Of 1 to 60 items each, some met again, popular ones more often."""
    random = np.random.default_rng(seed)
    sizes = random.integers(1, 61, users)
    items = 1 + np.minimum(random.exponential(8, sizes.sum()).astype(int), ITEMS - 2)
    return Interactions(
        np.repeat(np.arange(users), sizes),
        items,
        timestamps=np.sort(random.integers(0, 10**6, sizes.sum())),
        num_items=ITEMS,
    )


def some_users(data: Interactions) -> np.ndarray:
    return data.user_ids % 5 == 2


def ends_of_histories(data: Interactions) -> np.ndarray:
    """The last third of every second user's history."""
    ends = np.bincount(data.user_ids).cumsum()[data.user_ids]
    sizes = np.bincount(data.user_ids)[data.user_ids]
    return (ends - np.arange(len(data)) <= sizes // 3) & (data.user_ids % 2 == 0)


def counted_naively(data: Interactions, lags: list[int]) -> dict[tuple[int, int], np.ndarray]:
    counts: dict[tuple[int, int], np.ndarray] = {}
    reaches = np.array(pairs.REACHES)
    steps = list(zip([0, *lags], lags, strict=False))
    for user in np.unique(data.user_ids):
        items = data.item_ids[data.user_ids == user].tolist()
        for before, lag in steps:
            weight = sum((1 - reaches) * reaches**step for step in range(before, lag))
            for first, second in zip(items, items[lag:], strict=False):
                for key, ahead in (((first, second), True), ((second, first), False)):
                    both = [weight, 0 * weight] if ahead else [0 * weight, weight]
                    counts[key] = counts.get(key, np.zeros(6)) + np.concatenate(both)
    return counts


def all_pairs(data: Interactions, counter: PairCounter) -> pairs.Pairs:
    return strongest_pairs(counter, np.bincount(data.item_ids, minlength=ITEMS), EVERYTHING)


def as_dictionary(table: pairs.Pairs) -> dict[tuple[int, int], np.ndarray]:
    places = np.flatnonzero(table.times)
    keys = zip(table.rows[places].tolist(), table.ids[places].tolist(), strict=True)
    return dict(zip(keys, table.counts[places], strict=True))


def counter_of(data: Interactions, lags: list[int]) -> PairCounter:
    return PairCounter(Paths.of(data.user_ids, data.item_ids, ITEMS), lags)


def assert_same(ours: dict, theirs: dict) -> None:
    assert ours.keys() == theirs.keys()
    for key, counts in theirs.items():
        np.testing.assert_allclose(ours[key], counts, rtol=1e-4, atol=1e-6)


LAGS = [1, 2, 3, 5, 9, 16, 29, 50]
# Small blocks, and keys numbered by sorting, as with a million items.
SIZES = [(2**20, 2**22, 2**22), (64, 2**22, 2**22), (64, 0, 2**22), (64, 2**22, 100)]


@pytest.fixture(params=SIZES, ids=str)
def in_blocks(request, monkeypatch):
    """Counts in blocks of several sizes."""
    for name, size in zip(("_AT_ONCE", "_CELLS", "_SORTED_AT_ONCE"), request.param, strict=True):
        monkeypatch.setattr(pairs, name, size)


def test_many_small_blocks_count_what_one_does(monkeypatch):
    data = histories()
    whole = all_pairs(data, counter_of(data, LAGS))
    monkeypatch.setattr(pairs, "_AT_ONCE", 64)
    monkeypatch.setattr(pairs, "_SORTED_AT_ONCE", 100)
    counter = counter_of(data, LAGS)
    assert len(list(counter.blocks())) == ITEMS - 1
    parts = all_pairs(data, counter)
    for name in ("offsets", "ids", "times"):
        np.testing.assert_array_equal(getattr(parts, name), getattr(whole, name))
    np.testing.assert_allclose(parts.counts, whole.counts, rtol=1e-6)


@pytest.mark.usefixtures("in_blocks")
@pytest.mark.parametrize("lags", [[1], LAGS, list(range(1, 51))])
def test_pairs_are_counted_at_each_reach_and_direction(lags):
    data = histories(users=12)
    assert_same(as_dictionary(all_pairs(data, counter_of(data, lags))), counted_naively(data, lags))


@pytest.mark.usefixtures("in_blocks")
@pytest.mark.parametrize("chosen", [some_users, ends_of_histories])
def test_what_is_held_out_is_subtracted(chosen):
    data = histories()
    held, counter = chosen(data), counter_of(data, LAGS)
    rest = counter.without(all_pairs(data, counter), held)
    assert_same(as_dictionary(rest), counted_naively(data.take(~held), LAGS))


@pytest.mark.parametrize("most_users", [4000, 10])
@pytest.mark.parametrize("chosen", [some_users, ends_of_histories])
def test_members_of_a_part_are_those_of_the_part_alone(monkeypatch, chosen, most_users):
    monkeypatch.setattr(ease, "_MOST_USERS", most_users)
    monkeypatch.setattr(ease, "_MET_AT_ONCE", 100)
    monkeypatch.setattr(ease, "_LONG", 8)
    monkeypatch.setattr(traits, "_AT_ONCE", 100)
    monkeypatch.setattr(neighbours, "_AT_ONCE", 100)
    data = histories()
    held = chosen(data)
    part = Counted(data, EVERYTHING, 20.0).members(held)
    alone = Counted(data.take(~held), EVERYTHING, 20.0).members()
    for name in ("offsets", "ids", "evidence", "affinity"):
        np.testing.assert_allclose(
            getattr(part.neighbours, name), getattr(alone.neighbours, name), rtol=1e-3, atol=1e-5
        )
    for name in ("items", "eras", "edges"):
        np.testing.assert_allclose(
            getattr(part.traits, name), getattr(alone.traits, name), rtol=1e-5, atol=1e-6
        )
    np.testing.assert_allclose(part.share, alone.share)


def test_the_strongest_are_kept_whatever_the_order_in_which_they_come(monkeypatch):
    monkeypatch.setattr(pairs, "_AT_ONCE", 64)
    monkeypatch.setattr(strongest, "_LARGEST_BLOCK", 64)
    monkeypatch.setattr(strongest, "_MOVED_AT_ONCE", 7)
    data = histories()
    counter = counter_of(data, lags_of(len(data)))
    met = np.bincount(data.item_ids, minlength=ITEMS)
    wide = Counted(data, EVERYTHING, 20.0).members().neighbours
    narrow = strongest_pairs(counter, met, Limits(50, 10**6))
    kept = set(zip(narrow.rows.tolist(), narrow.ids.tolist(), strict=True))
    strength = wide.affinity[:, 0] + wide.affinity[:, 1]
    first = np.argsort(-strength)[:50]
    assert kept == set(zip(wide.rows[first].tolist(), wide.ids[first].tolist(), strict=True))
    known = as_dictionary(all_pairs(data, counter))
    assert_same(as_dictionary(narrow), {pair: known[pair] for pair in kept})


def test_no_item_has_more_neighbours_than_its_limit():
    limited = Counted(histories(), Limits(10**6, 5), 20.0).members().neighbours
    assert np.diff(limited.offsets).max() == 5


def test_no_more_users_are_held_out_than_are_worth_it(monkeypatch):
    monkeypatch.setattr(held_out, "_MOST_USERS", 15)
    data = histories()
    times = np.arange(len(data)) % 97  # the newest tenth is of everybody
    parts = list(held_out.held_out(data, times, 60, seed=1))
    users = [set(data.user_ids[part.inside].tolist()) for part in parts[:-1]]
    assert [len(some) for some in users] == [3] * held_out.FOLDS
    assert len(set.union(*users)) == 15
    assert all(set(part.users.tolist()) <= some for part, some in zip(parts, users, strict=False))
    assert parts[-1].inside.mean() == pytest.approx(0.1, abs=0.01)


def test_a_question_asks_for_what_came_next():
    data = histories()
    for part in held_out.held_out(data, np.arange(len(data)), 60, seed=1):
        assert len(part.users)
        for user, history, target in zip(part.users, part.histories, part.targets, strict=True):
            items = data.item_ids[data.user_ids == user].tolist()
            assert items[: len(history) + 1] == [*history.tolist(), target]


@pytest.mark.parametrize("at_once", [5, 10**6])
def test_users_who_meet_items_again_are_noticed(monkeypatch, at_once):
    monkeypatch.setattr(export, "_AT_ONCE", at_once)
    items = np.tile(np.arange(1, 11), 4)
    users = np.repeat(np.arange(4), 10)
    assert not has_repeats(Interactions(users, items))
    items[25] = items[24]
    assert has_repeats(Interactions(users, items))

"""Splits: nothing is lost, nothing leaks, and the seeds give Spotlight's own splits."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recommender.learning.cross_validation import (
    concatenate,
    leave_one_out_split,
    random_train_test_split,
    shuffle_interactions,
    temporal_train_test_split,
    user_based_train_test_split,
)
from recommender.learning.hashing import murmurhash3
from recommender.learning.interactions import Interactions


@st.composite
def numbered(draw: st.DrawFn) -> Interactions:
    """Interactions whose weight is their number, so that each can be told from the others."""
    size = draw(st.integers(1, 60))
    column = st.lists(st.integers(0, 6), min_size=size, max_size=size)
    return Interactions(
        draw(column),
        draw(column),
        ratings=draw(column),
        timestamps=draw(column),
        weights=np.arange(size),
        num_users=7,
        num_items=7,
        context_features=np.arange(size).reshape(-1, 1),
    )


def rows(part: Interactions) -> list[int]:
    return part.weights.astype(int).tolist()


def assert_partition(data: Interactions, *parts: Interactions) -> None:
    assert sorted(row for part in parts for row in rows(part)) == list(range(len(data)))
    for part in parts:
        at = rows(part)
        assert (part.num_users, part.num_items) == (7, 7)
        assert part.user_ids.tolist() == data.user_ids[at].tolist()
        assert part.item_ids.tolist() == data.item_ids[at].tolist()
        assert part.timestamps.tolist() == data.timestamps[at].tolist()
        assert part.context_features[:, 0].astype(int).tolist() == at


@settings(deadline=None)
@given(data=numbered(), share=st.floats(0, 1), seed=st.integers(0, 1000))
def test_no_split_loses_or_leaks_an_interaction(data, share, seed):
    assert_partition(data, *random_train_test_split(data, share, seed))
    assert_partition(data, *user_based_train_test_split(data, share, seed))
    assert_partition(data, *temporal_train_test_split(data, share))
    assert_partition(data, *leave_one_out_split(data, 3))
    assert_partition(data, *leave_one_out_split(data, 3, validation=True))
    assert_partition(data, shuffle_interactions(data, seed))


@settings(deadline=None)
@given(data=numbered(), share=st.floats(0, 1), seed=st.integers(0, 1000))
def test_a_user_is_on_one_side_only(data, share, seed):
    train, test = user_based_train_test_split(data, share, seed)
    assert not set(train.user_ids.tolist()) & set(test.user_ids.tolist())


@settings(deadline=None)
@given(data=numbered())
def test_the_newest_of_each_user_is_left_out(data):
    _, validation, test = leave_one_out_split(data, 3, validation=True)
    for user in range(7):
        own = [row for row in range(len(data)) if data.user_ids[row] == user]
        own.sort(key=lambda row: data.timestamps[row])
        split = own[-2:] if len(own) >= 3 else []
        assert [r for r in rows(validation) + rows(test) if r in own] == split
    assert rows(leave_one_out_split(data, 3)[1]) == rows(test)


@settings(deadline=None)
@given(data=numbered(), share=st.floats(0, 1))
def test_the_past_comes_before_the_future(data, share):
    train, test = temporal_train_test_split(data, share)
    if len(train) and len(test):
        assert train.timestamps.max() <= test.timestamps.min()
        # Equal times keep their order.
        last, first = rows(train)[-1], rows(test)[0]
        assert data.timestamps[last] < data.timestamps[first] or last < first


@pytest.mark.parametrize("dtype", [np.int32, np.int64])
def test_any_integer_ids_can_be_split_by_user(dtype):
    ids = np.arange(1000, dtype=dtype)
    train, test = user_based_train_test_split(Interactions(ids, ids), 0.2, 0)
    assert 150 < len(test) < 250
    assert len(train) + len(test) == 1000


def test_hashes_are_those_of_murmurhash3():
    # Known answers of the reference implementation.
    assert murmurhash3(np.array([3]), 0).tolist() == [847579505]
    assert murmurhash3(np.array([3]), 42).tolist() == [2**32 - 1823081949]


def test_a_seed_repeats_and_a_state_moves_on():
    ids = np.arange(50)
    data = Interactions(ids, ids)
    first, again = (random_train_test_split(data, random_state=3)[0].user_ids for _ in range(2))
    assert first.tolist() == again.tolist()
    state = np.random.RandomState(3)
    first, second = (random_train_test_split(data, random_state=state)[0] for _ in range(2))
    assert first.user_ids.tolist() != second.user_ids.tolist()


def test_parts_can_be_put_together_again():
    data = Interactions([0, 1, 2], [1, 2, 0], ratings=[1, 2, 3], timestamps=[1, 2, 3])
    train, test = temporal_train_test_split(data, 0.4)
    assert concatenate(train, test).ratings.tolist() == [1, 2, 3]
    with pytest.raises(ValueError, match="others must have the sizes"):
        concatenate(data, Interactions([0], [0]))


def test_bad_arguments_are_named():
    data = Interactions([0], [0])
    with pytest.raises(ValueError, match="test_percentage must be between 0 and 1, got 20"):
        random_train_test_split(data, 20)
    with pytest.raises(ValueError, match="timestamps must be given"):
        temporal_train_test_split(data)
    with pytest.raises(ValueError, match="timestamps must be given"):
        leave_one_out_split(data)
    with pytest.raises(ValueError, match="random_state must be a seed"):
        shuffle_interactions(data, "seed")
    with pytest.raises(ValueError, match="min_interactions must be at least 2, got 1"):
        leave_one_out_split(data, 1, validation=True)

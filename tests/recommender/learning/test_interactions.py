"""The data container: what it refuses, and windows against an obvious implementation."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recommender.learning.interactions import Interactions, SequenceInteractions


def slow_windows(data: Interactions, length: int, step: int, shortest: int) -> list[list[int]]:
    """One list per user, one slice per window: nothing clever."""
    rows = []
    for user in sorted(set(data.user_ids.tolist())):
        own = [row for row in range(len(data)) if data.user_ids[row] == user]
        own.sort(key=lambda row: data.timestamps[row])
        items = [int(data.item_ids[row]) for row in own]
        end = len(items)
        while end > 0:
            window = items[max(end - length, 0) : end]
            if len(window) >= shortest:
                rows.append([0] * (length - len(window)) + window)
            end -= step
    return rows


@st.composite
def timed_interactions(draw: st.DrawFn) -> Interactions:
    size = draw(st.integers(1, 40))
    column = st.lists(st.integers(0, 5), min_size=size, max_size=size)
    return Interactions(
        draw(column), np.add(draw(column), 1), timestamps=draw(column), weights=draw(column)
    )


@settings(deadline=None)
@given(
    data=timed_interactions(),
    length=st.integers(1, 12),
    step=st.none() | st.integers(1, 13),
    shortest=st.integers(1, 12),
)
def test_windows_are_those_of_an_obvious_implementation(data, length, step, shortest):
    shortest = min(shortest, length)
    made = data.to_sequence(length, shortest, step)
    assert made.sequences.tolist() == slow_windows(data, length, step or length, shortest)
    assert made.num_items == data.num_items


def test_windows_of_five_items_at_step_two():
    data = Interactions([7] * 5, [1, 2, 3, 4, 5], timestamps=range(5), weights=[9, 8, 7, 6, 5])
    made = data.to_sequence(max_sequence_length=5, step_size=2)
    assert made.sequences.tolist() == [[1, 2, 3, 4, 5], [0, 0, 1, 2, 3], [0, 0, 0, 0, 1]]
    assert made.weights.tolist() == [[9, 8, 7, 6, 5], [0, 0, 9, 8, 7], [0, 0, 0, 0, 9]]
    assert made.user_ids.tolist() == [7, 7, 7]


def test_equal_times_keep_the_order_of_the_rows():
    data = Interactions([0, 0, 0], [3, 1, 2], timestamps=[5, 5, 5])
    assert data.to_sequence(3).sequences.tolist() == [[3, 1, 2]]


def test_ids_may_be_whole_floats():
    made = Interactions([0.0, 1.0], np.array([5, 2], np.float32), num_items=6.0)
    assert made.user_ids.dtype == made.item_ids.dtype == np.int64
    assert made.item_ids.tolist() == [5, 2]
    assert SequenceInteractions([[0.0, 3.0]], user_ids=[7.0]).sequences.tolist() == [[0, 3]]


def test_a_set_that_was_changed_in_place_is_refused():
    made = Interactions([0, 1], [1, 2], ratings=[3, 4], num_items=3)
    made.check()
    made.item_ids[1] = 3
    with pytest.raises(ValueError, match="num_items is 3, but the largest id is 3"):
        made.check()
    made.item_ids = np.array([1])
    with pytest.raises(ValueError, match="item_ids must have length 2, as user_ids has, got 1"):
        made.check()


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        ({"item_ids": [float("nan")]}, "item_ids must be integers, got dtype float64"),
        ({"item_ids": [float("inf")]}, "item_ids must be at most 2147483647, got inf"),
        ({"item_ids": [-2.0]}, "item_ids must not be negative, got -2.0"),
        ({"user_ids": [-1]}, "user_ids must not be negative, got -1"),
        ({"item_ids": [-2]}, "item_ids must not be negative, got -2"),
        ({"item_ids": [1.5]}, "item_ids must be integers, got dtype float64"),
        ({"user_ids": ["ann"]}, "user_ids must be integers"),
        ({"user_ids": [0, 1]}, "item_ids must have length 2, as user_ids has, got 1"),
        ({"num_items": 1}, "num_items is 1, but the largest id is 1"),
        ({"num_users": 0}, "num_users must be a positive whole number, got 0"),
        ({"ratings": [float("nan")]}, "ratings must be finite, got nan at 0"),
        ({"weights": [float("inf")]}, "weights must be finite, got inf at 0"),
        ({"weights": [-1.0]}, "weights must not be negative, got -1.0"),
        ({"ratings": [1, 2]}, "ratings must have length 1"),
        ({"timestamps": [1, 2]}, "timestamps must have length 1"),
        ({"timestamps": ["now"]}, "timestamps must be numbers"),
        ({"user_ids": [], "item_ids": []}, "user_ids is empty"),
        ({"user_ids": [2**31]}, "user_ids must be at most"),
        ({"item_features": np.ones((3, 2))}, "item_features must have 2 rows, got 3"),
        ({"context_features": [1.0]}, "context_features must have two dimensions"),
    ],
)
def test_bad_input_is_named(arguments, complaint):
    with pytest.raises(ValueError, match=complaint):
        Interactions(**{"user_ids": [0], "item_ids": [1], **arguments})


def test_sequences_need_time_and_a_free_padding_item():
    with pytest.raises(ValueError, match="timestamps must be given"):
        Interactions([0], [1]).to_sequence()
    with pytest.raises(ValueError, match="must not contain 0, the padding item, found at 1"):
        Interactions([0, 0], [1, 0], timestamps=[1, 2]).to_sequence()
    data = Interactions([0], [1], timestamps=[1])
    with pytest.raises(ValueError, match="min_sequence_length must be between 1 and"):
        data.to_sequence(5, min_sequence_length=6)
    with pytest.raises(ValueError, match="step_size must be positive, got 0"):
        data.to_sequence(step_size=0)


def test_bad_sequences_are_named():
    with pytest.raises(ValueError, match="sequences must have two dimensions"):
        SequenceInteractions([1, 2])
    with pytest.raises(ValueError, match="num_items is 2, but the largest id is 2"):
        SequenceInteractions([[1, 2]], num_items=2)
    with pytest.raises(ValueError, match="user_ids must have length 1, got 2"):
        SequenceInteractions([[1, 2]], user_ids=[0, 1])
    with pytest.raises(ValueError, match="weights must have shape"):
        SequenceInteractions([[1, 2]], weights=[[1.0]])
    with pytest.raises(ValueError, match=r"weights must not be negative, got -2\.0"):
        SequenceInteractions([[1, 2]], weights=[[1.0, -2.0]])
    with pytest.raises(ValueError, match="weights must be finite, got nan at 1"):
        SequenceInteractions([[1, 2]], weights=[[1.0, np.nan]])
    with pytest.raises(ValueError, match="sequences must not be negative, got -1"):
        SequenceInteractions([[1, -1]])


def test_matrices_hold_ratings_or_ones():
    rated = Interactions([0, 1], [1, 0], ratings=[4.5, 2.0], num_items=3)
    assert rated.tocoo().toarray().tolist() == [[0, 4.5, 0], [2, 0, 0]]
    assert Interactions([0, 1], [1, 0]).tocsr().toarray().tolist() == [[0, 1], [1, 0]]


def test_the_callers_arrays_are_left_alone():
    users, items = np.array([1, 0]), np.array([2, 1])
    data = Interactions(users, items, timestamps=np.array([3, 4]))
    data.to_sequence()
    assert users.tolist() == [1, 0]
    assert items.tolist() == [2, 1]
    assert len(data) == 2
    assert repr(data) == "<Interactions dataset (2 users x 3 items x 2 interactions)>"

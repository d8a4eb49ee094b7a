"""Any ids to dense ones and back."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender.learning.ids import IdMap


@given(
    ids=st.lists(st.text() | st.integers() | st.tuples(st.text(), st.integers())),
    first=st.sampled_from([0, 1]),
)
def test_there_and_back(ids, first):
    known = IdMap(ids, first=first)
    numbers = known.to_dense(ids)
    assert known.to_original(numbers) == [ids[ids.index(id_)] for id_ in ids]
    assert set(numbers.tolist()) == set(range(first, first + len(set(ids))))
    assert known.size == len(set(ids)) + first


def test_new_ids_leave_the_old_numbers():
    known = IdMap(["b", "a"])
    known.extend(["c", "a"])
    assert known.to_dense(["b", "a", "c"]).tolist() == [0, 1, 2]
    assert "c" in known
    assert len(known) == 3


def test_numpy_and_python_numbers_are_one_id():
    known = IdMap(np.array([30, 10]), first=1)
    assert known.to_dense([10, 30]).tolist() == [2, 1]


def test_unknown_ids_are_named():
    known = IdMap(["a"], first=1)
    with pytest.raises(ValueError, match="ids must be known to the map, got 'z'"):
        known.to_dense(["z"])
    with pytest.raises(ValueError, match="numbers must be at least 1, got 0"):
        known.to_original([0])
    with pytest.raises(ValueError, match="numbers must be below 2, got 2"):
        known.to_original([2])
    with pytest.raises(ValueError, match="first must be 0 or 1, got 5"):
        IdMap(first=5)


def test_numbers_may_be_whole_floats_and_are_never_cut_off():
    known = IdMap(["a", "b"])
    assert known.to_original([1.0, 0.0]) == ["b", "a"]
    with pytest.raises(ValueError, match=r"numbers must be integers.*1\.5"):
        known.to_original([1.5])

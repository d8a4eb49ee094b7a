"""How long the next try has to wait."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.cache import cache

from moviesite.accounts.delays import Pace, Turn

PACE = Pace("test", free=3, longest=900)


@pytest.fixture(autouse=True)
def fresh() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


def wait_over() -> None:
    cache.delete("delays.test.ida.wait")


def test_waits_double_up_to_a_bound() -> None:
    waits = [PACE.wait_after(tries) for tries in range(1, 15)]
    assert waits == [0, 0, 0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900]
    assert PACE.wait_after(10**6) == 900


def test_a_try_that_comes_too_early_is_not_counted() -> None:
    for _ in range(6):
        assert Turn({PACE: "ida"}).take() == 0
        wait_over()
    assert Turn({PACE: "ida"}).take() == 0
    assert [Turn({PACE: "ida"}).take() for _ in range(20)] == [8] * 20
    wait_over()
    Turn({PACE: "ida"}).take()
    assert Turn({PACE: "ida"}).take() == 16


def test_of_many_at_once_no_more_get_a_turn_than_one_after_another() -> None:
    with ThreadPoolExecutor(12) as pool:
        turns = list(pool.map(lambda _: Turn({PACE: "ida"}).take(), range(60)))
    assert turns.count(0) == 4, "three free ones, and the first that makes others wait"


def test_the_right_password_gives_its_turn_back() -> None:
    for _ in range(4):
        turn = Turn({PACE: "ida"})
        assert turn.take() == 0
    turn.give_back()
    assert Turn({PACE: "ida"}).take() == 0, "as though the last had not been"
    assert Turn({PACE: "ida"}).take() == 1
    assert Turn({PACE: "ada"}).take() == 0


def test_who_waits_for_one_is_not_counted_for_another() -> None:
    other = Pace("other", free=3, longest=900)
    for _ in range(4):
        Turn({PACE: "ida"}).take()
    for _ in range(10):
        assert Turn({other: "ida", PACE: "ida"}).take() >= 1
    assert Turn({other: "ida"}).take() == 0
    assert cache.get("delays.other.ida") == 1

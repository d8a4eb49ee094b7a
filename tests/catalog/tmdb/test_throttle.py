"""Turns are counted for the whole site."""

import time

from django.core.cache import cache

from catalog.tmdb.throttle import TURNS_PER_SECOND, wait_for_turn


def test_turns_beyond_the_rate_wait_for_the_next_second() -> None:
    cache.clear()
    time.sleep(1 - time.time() % 1)
    began = int(time.time())
    for _ in range(TURNS_PER_SECOND):
        wait_for_turn()
    wait_for_turn()
    assert int(time.time()) > began


def test_what_another_process_has_used_counts() -> None:
    time.sleep(1 - time.time() % 1)
    second = int(time.time())
    cache.set(f"catalog.tmdb.turns.{second}", TURNS_PER_SECOND, 10)
    wait_for_turn()
    assert int(time.time()) > second

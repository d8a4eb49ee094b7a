"""Turns are counted for the whole site."""

import time
from uuid import uuid4

from django.conf import LazySettings
from limits import RateLimitItemPerSecond
from limits.storage import RedisStorage
from limits.strategies import MovingWindowRateLimiter
from structlog.testing import capture_logs

from catalog.tmdb.throttle import OF_THE_SITE, wait_for_turn


def test_no_second_has_more_turns_than_it_may() -> None:
    turns = RateLimitItemPerSecond(5, namespace=uuid4().hex)
    taken = []
    for _ in range(12):
        wait_for_turn(turns)
        taken.append(time.time())
    gaps = [after - before for before, after in zip(taken, taken[5:], strict=False)]
    assert min(gaps) > 0.95  # the server's clock and ours are read at different moments


def test_what_another_process_has_used_counts(settings: LazySettings) -> None:
    turns = RateLimitItemPerSecond(3, namespace=uuid4().hex)
    another = MovingWindowRateLimiter(
        RedisStorage(settings.CACHES["default"]["LOCATION"], key_prefix="matinee.turns")
    )
    began = time.time()
    for _ in range(3):
        another.hit(turns, OF_THE_SITE)
    wait_for_turn(turns)
    assert time.time() - began > 0.95


def test_without_redis_the_site_asks_all_the_same(settings: LazySettings) -> None:
    settings.CACHES = {"default": {"LOCATION": "redis://127.0.0.1:1"}}
    with capture_logs() as logged:
        wait_for_turn()
    assert [entry["event"] for entry in logged] == ["tmdb_turns_unknown"]

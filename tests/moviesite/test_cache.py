"""What the cache keeps while Redis is away."""

import threading
from collections.abc import Iterator

import pytest
from django.core.cache import caches
from django.db import connection

from moviesite.cache import SESSION_COPY_SECONDS, CacheWithFallback, SessionCache, cache_fuse

NOWHERE = "redis://127.0.0.1:1/0"


@pytest.fixture(autouse=True)
def fuse() -> Iterator[None]:
    yield
    cache_fuse.mend()


def away(fallback: str) -> CacheWithFallback:
    return CacheWithFallback(NOWHERE, {"OPTIONS": {"fallback": fallback}})


def test_the_table_answers_while_redis_is_away(db: None) -> None:
    cache = away("database")
    cache.set("a", [1, "two"], 60)
    assert cache.get("a") == [1, "two"]
    assert cache.add("a", 1) is False
    assert "a" in cache
    cache.set_many({"b": 2, "c": 3})
    assert cache.get_many(["b", "c", "d"]) == {"b": 2, "c": 3}
    assert cache.delete("a")
    cache.delete_many(["b"])
    assert cache.get("b", "gone") == "gone"
    cache.clear()
    assert cache.get("c") is None


def test_copies_are_nowhere_while_redis_is_away() -> None:
    cache = away("nothing")
    cache.set("a", 1)
    assert cache.get("a") is None


def test_a_count_that_is_not_there_is_told_of(db: None) -> None:
    with pytest.raises(ValueError, match="not found"):
        away("database").incr("nothing")


def test_counts_of_several_processes_add_up(transactional_db: None) -> None:
    cache = caches["database"]
    cache.set("count", 0, 60)

    def count() -> None:
        for _ in range(20):
            caches["database"].incr("count")
        connection.close()

    threads = [threading.Thread(target=count) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert cache.get("count") == 80


def test_no_copy_of_a_session_lives_long() -> None:
    cache = SessionCache(NOWHERE, {"OPTIONS": {"fallback": "nothing"}})
    assert cache.get_backend_timeout(14 * 24 * 3600) == SESSION_COPY_SECONDS
    assert cache.get_backend_timeout(None) == SESSION_COPY_SECONDS
    assert cache.get_backend_timeout(5) == 5


def test_whether_redis_itself_answers() -> None:
    assert isinstance(caches["default"], CacheWithFallback)
    assert caches["default"].answers()
    assert not away("nothing").answers()

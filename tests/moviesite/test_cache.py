"""What the cache keeps, and in which form; who answers while Redis is away."""

import pickle
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis
from django.conf import settings
from django.contrib.sessions.backends.cached_db import SessionStore
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


class Booby:
    """Whoever loads its pickle makes a file."""

    def __init__(self, made: Path) -> None:
        self.made = made

    def __reduce__(self) -> tuple[object, ...]:
        return Path.touch, (self.made,)


def test_a_pickle_in_redis_is_never_loaded(db: None, tmp_path: Path) -> None:
    made = tmp_path / "made"
    session = SessionStore()
    session["name"] = "Ida"
    session.save()
    server = redis.Redis.from_url(settings.CACHES["default"]["LOCATION"])
    cache, copies = caches["default"], caches["sessions"]
    for key in (cache.make_key("trap"), copies.make_key(session.cache_key)):
        server.set(key, pickle.dumps(Booby(made)), ex=60)

    assert cache.get("trap", "nothing") == "nothing"
    assert cache.get_many(["trap"]) == {}
    assert SessionStore(session.session_key)["name"] == "Ida"
    assert not made.exists()
    cache.set("trap", {"a": (1, "two")}, 60)
    assert cache.get("trap") == {"a": (1, "two")}


def test_a_pickle_in_the_table_is_never_loaded(db: None, tmp_path: Path) -> None:
    made = tmp_path / "made"
    table = caches["database"]
    table.set("trap", 1, 60)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE matinee_cache SET value = encode(%s, 'base64')", [pickle.dumps(Booby(made))]
        )
    assert table.get("trap", "nothing") == "nothing"
    assert not made.exists()


def test_the_table_forgets_in_time(db: None) -> None:
    table = caches["database"]
    table.set("short", 1, 0)
    assert table.get("short") is None
    assert table.add("short", 2, None)
    assert not table.add("short", 3)
    assert table.get("short") == 2
    assert table.touch("short", 0)
    assert table.get("short") is None
    assert not table.touch("short", 60)
    assert table.get_many([]) == {}

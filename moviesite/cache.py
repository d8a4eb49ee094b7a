"""The cache, which may go away at any time: answers within a bound, and stands in for itself.

Redis is asked with a short time-out. Once it has failed, it is left alone for some seconds, in
which the fallback answers: a table of PostgreSQL for what has to be counted across processes, and
nothing at all for what is only a copy. Then one thread tries again; when it gets an answer, all
others go back to Redis.
"""

from __future__ import annotations

import base64
import pickle
from collections.abc import Iterable
from typing import Any

from django.core.cache import caches
from django.core.cache.backends.base import DEFAULT_TIMEOUT
from django.core.cache.backends.db import DatabaseCache
from django.core.cache.backends.redis import RedisCache
from django.db import connections, router, transaction
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import RedisError
from redis.retry import Retry

from catalog.fuse import Fuse

# A session that ends while Redis is away lives in its copy there: no longer than this.
SESSION_COPY_SECONDS = 60

# A connection that Redis closed while nobody used it is opened anew, once; what takes too long
# does not get a second time.
RETRY_CLOSED = Retry(NoBackoff(), 1, (RedisConnectionError,))


cache_fuse = Fuse("cache")


class CacheWithFallback(RedisCache):
    """Redis, and the cache that ``OPTIONS["fallback"]`` names while Redis does not answer."""

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        options = {"retry": RETRY_CLOSED, **params.get("OPTIONS", {})}
        self._fallback_name: str = options.pop("fallback")
        super().__init__(server, {**params, "OPTIONS": options})

    def answers(self) -> bool:
        """Whether Redis itself does, whoever stands in for it at present."""
        try:
            super().set("health", 1, 60)
        except (RedisError, OSError) as error:
            cache_fuse.blow(error)
            return False
        cache_fuse.mend()
        return True

    def _either(self, operation: str, *args: Any, **kwargs: Any) -> Any:
        if cache_fuse.lets_through():
            try:
                result = getattr(super(), operation)(*args, **kwargs)
            except (RedisError, OSError) as error:
                cache_fuse.blow(error)
            else:
                cache_fuse.mend()
                return result
        return getattr(caches[self._fallback_name], operation)(*args, **kwargs)

    def add(
        self, key: str, value: Any, timeout: float | None = DEFAULT_TIMEOUT, version: Any = None
    ) -> bool:
        return bool(self._either("add", key, value, timeout=timeout, version=version))

    def get(self, key: str, default: Any = None, version: Any = None) -> Any:
        return self._either("get", key, default, version=version)

    def set(
        self, key: str, value: Any, timeout: float | None = DEFAULT_TIMEOUT, version: Any = None
    ) -> None:
        self._either("set", key, value, timeout=timeout, version=version)

    def touch(self, key: str, timeout: float | None = DEFAULT_TIMEOUT, version: Any = None) -> bool:
        return bool(self._either("touch", key, timeout=timeout, version=version))

    def delete(self, key: str, version: Any = None) -> bool:
        return bool(self._either("delete", key, version=version))

    def get_many(self, keys: Iterable[str], version: Any = None) -> dict[str, Any]:
        found: dict[str, Any] = self._either("get_many", list(keys), version=version)
        return found

    def has_key(self, key: str, version: Any = None) -> bool:
        return bool(self._either("has_key", key, version=version))

    def incr(self, key: str, delta: int = 1, version: Any = None) -> int:
        return int(self._either("incr", key, delta, version=version))

    def set_many(
        self, data: dict[str, Any], timeout: float | None = DEFAULT_TIMEOUT, version: Any = None
    ) -> list[Any]:
        return self._either("set_many", data, timeout=timeout, version=version) or []

    def delete_many(self, keys: Iterable[str], version: Any = None) -> None:
        self._either("delete_many", keys, version=version)

    def clear(self) -> None:
        self._either("clear")


class SessionCache(CacheWithFallback):
    """Copies of sessions, whose truth is the database."""

    def get_backend_timeout(self, timeout: float | None = DEFAULT_TIMEOUT) -> int | None:
        wanted = super().get_backend_timeout(timeout)
        return SESSION_COPY_SECONDS if wanted is None else min(int(wanted), SESSION_COPY_SECONDS)


class CountingDatabaseCache(DatabaseCache):
    """Django's cache in a table, whose ``incr`` loses no count to another process."""

    _table: str

    def incr(self, key: str, delta: int = 1, version: Any = None) -> int:
        connection = connections[router.db_for_write(self.cache_model_class)]
        table = connection.ops.quote_name(self._table)
        row = [self.make_and_validate_key(key, version=version)]
        with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
            lock = f"SELECT 1 FROM {table} WHERE cache_key = %s FOR UPDATE"  # noqa: S608
            cursor.execute(lock, row)
            value = self.get(key, version=version)
            if value is None:
                raise ValueError(f"Key {key!r} not found.")
            counted = int(value) + delta
            kept = base64.b64encode(pickle.dumps(counted, self.pickle_protocol)).decode()
            update = f"UPDATE {table} SET value = %s WHERE cache_key = %s"  # noqa: S608
            cursor.execute(update, [kept, *row])
        return counted

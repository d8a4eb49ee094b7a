"""The cache, which may go away at any time: answers within a bound, and stands in for itself.

Redis is asked with a short time-out. Once it has failed, it is left alone for some seconds, in
which the fallback answers: a table of PostgreSQL for what has to be counted across processes, and
nothing at all for what is only a copy. Then one thread tries again; when it gets an answer, all
others go back to Redis.

Values are kept as ``catalog.plain_values`` writes them, never as pickles: who gets into Redis, or
into the table, cannot run anything here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Any, TypeVar

import structlog
from django.core.cache import caches
from django.core.cache.backends.base import DEFAULT_TIMEOUT
from django.core.cache.backends.db import DatabaseCache
from django.core.cache.backends.redis import RedisCache, RedisCacheClient, RedisSerializer
from django.db import DatabaseError, connections, router, transaction
from django.utils import timezone
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import RedisError
from redis.retry import Retry

from catalog.fuse import Fuse
from catalog.plain_values import UnreadableValueError, decode, encode

# A session that ends while Redis is away lives in its copy there: no longer than this.
SESSION_COPY_SECONDS = 60

# A connection that Redis closed while nobody used it is opened anew, once; what takes too long
# does not get a second time.
RETRY_CLOSED = Retry(NoBackoff(), 1, (RedisConnectionError,))


Key = str | bytes | memoryview
Named = TypeVar("Named", bound=Key)

cache_fuse = Fuse("cache")
log = structlog.get_logger(__name__)


class PlainSerializer(RedisSerializer):
    def dumps(self, obj: Any) -> bytes:
        return encode(obj).encode()  # of a number its digits, which Redis can count on

    def loads(self, data: Any) -> Any:
        return decode(data)


class PlainRedisClient(RedisCacheClient):
    """What cannot be read is not there."""

    def __init__(self, servers: list[str], **options: Any) -> None:
        super().__init__(servers, serializer=PlainSerializer, **options)

    def get(self, key: Key, default: Any) -> Any:
        return self.get_many([key]).get(key, default)

    def get_many(self, keys: Iterable[Key]) -> dict[Key, Any]:
        wanted = list(keys)
        found = zip(wanted, self.get_client(None).mget(wanted), strict=True)
        return _readable({key: data for key, data in found if data is not None})


def _readable(found: dict[Named, Any]) -> dict[Named, Any]:
    values = {}
    for key, text in found.items():
        try:
            values[key] = decode(text)
        except UnreadableValueError as error:
            log.warning("cache_not_readable", key=str(key), error=str(error))
    return values


class CacheWithFallback(RedisCache):
    """Redis, and the cache that ``OPTIONS["fallback"]`` names while Redis does not answer."""

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        options = {"retry": RETRY_CLOSED, **params.get("OPTIONS", {})}
        self._fallback_name: str = options.pop("fallback")
        super().__init__(server, {**params, "OPTIONS": options})
        self._class = PlainRedisClient

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


class PlainDatabaseCache(DatabaseCache):
    """Django's cache in a table of PostgreSQL, with text, whose ``incr`` loses no count."""

    _table: str
    _max_entries: int
    _cull: Callable[..., None]

    def get_many(self, keys: Iterable[str], version: Any = None) -> dict[str, Any]:
        names = {self.make_and_validate_key(key, version=version): key for key in keys}
        with connections[router.db_for_read(self.cache_model_class)].cursor() as cursor:
            cursor.execute(
                f"SELECT cache_key, value FROM {self._quoted_table}"  # noqa: S608
                " WHERE cache_key = ANY(%s) AND expires >= %s",
                [list(names), timezone.now()],
            )
            rows = dict(cursor.fetchall())
        return {names[key]: value for key, value in _readable(rows).items()}

    def incr(self, key: str, delta: int = 1, version: Any = None) -> int:
        row = [self.make_and_validate_key(key, version=version)]
        using = router.db_for_write(self.cache_model_class)
        with transaction.atomic(using=using), connections[using].cursor() as cursor:
            lock = f"SELECT 1 FROM {self._quoted_table} WHERE cache_key = %s FOR UPDATE"  # noqa: S608
            cursor.execute(lock, row)
            value = self.get(key, version=version)
            if value is None:
                raise ValueError(f"Key {key!r} not found.")
            counted = int(value) + delta
            update = f"UPDATE {self._quoted_table} SET value = %s WHERE cache_key = %s"  # noqa: S608
            cursor.execute(update, [encode(counted), *row])
        return counted

    @property
    def _quoted_table(self) -> str:
        return connections[router.db_for_write(self.cache_model_class)].ops.quote_name(self._table)

    def _base_set(
        self, mode: str, key: str, value: Any, timeout: float | None = DEFAULT_TIMEOUT
    ) -> bool:
        """Write, as Django has it: ``mode`` is ``set``, ``add`` or ``touch``; False: it was not."""
        text = encode(value)
        now = timezone.now().replace(microsecond=0)
        seconds = self.get_backend_timeout(timeout)
        last = datetime.max.replace(microsecond=0, tzinfo=UTC)
        expires = last if seconds is None else datetime.fromtimestamp(int(seconds), tz=UTC)
        table = self._quoted_table
        using = router.db_for_write(self.cache_model_class)
        with connections[using].cursor() as cursor:
            cursor.execute(f"SELECT count(*) FROM {table}")  # noqa: S608
            if (count := cursor.fetchone()[0]) > self._max_entries:
                self._cull(using, cursor, now, count)
            write = (
                f"INSERT INTO {table} AS kept (cache_key, value, expires) VALUES (%s, %s, %s)"  # noqa: S608
                " ON CONFLICT (cache_key)"
                " DO UPDATE SET value = EXCLUDED.value, expires = EXCLUDED.expires"
            )
            values: list[str | datetime] = [key, text, expires]
            if mode == "add":
                write, values = f"{write} WHERE kept.expires < %s", [*values, now]
            elif mode == "touch":
                write = f"UPDATE {table} SET expires = %s WHERE cache_key = %s AND expires >= %s"  # noqa: S608
                values = [expires, key, now]
            try:
                with transaction.atomic(using=using):
                    cursor.execute(write, values)
            except DatabaseError:
                return False
            return bool(cursor.rowcount)

"""The catalog arrays of this process, kept current without a request waiting for it."""

from __future__ import annotations

import threading
import time
import uuid

import structlog
from django.core.cache import cache
from django.db import connection, transaction
from redis.exceptions import RedisError

from recommender.data.catalog_arrays import CatalogArrays, read_catalog

log = structlog.get_logger(__name__)

STAMP_KEY = "recommender.catalog.stamp"
CHECK_SECONDS = 2.0  # between looks at the stamp
LIFETIME_SECONDS = 600.0  # after which the catalog is read again, changed or not: rating counts


class LiveCatalog:
    """One instance per process, safe to use from threads.

    With ``in_background`` a changed catalog is read by a thread of its own while requests go on
    with the old arrays; without it the caller who notices reads it (commands, tests).
    """

    def __init__(self, *, in_background: bool = True) -> None:
        self.in_background = in_background
        self._lock = threading.Lock()
        self._reading = threading.Lock()
        self.forget()

    def forget(self) -> None:
        """Start anew: the next caller reads the catalog."""
        self._arrays: CatalogArrays | None = None
        self._stamp: object = None
        self._read_at = self._checked_at = float("-inf")

    def current(self) -> CatalogArrays:
        arrays = self._arrays
        if arrays is None:
            with self._lock:
                return self._arrays or self._read(self._asked_stamp())
        now = time.monotonic()
        if now - self._checked_at >= CHECK_SECONDS and self._lock.acquire(blocking=False):
            try:
                self._checked_at = now
                stamp = self._asked_stamp()
                if stamp != self._stamp or now - self._read_at >= LIFETIME_SECONDS:
                    return self._renewed(arrays, stamp)
            finally:
                self._lock.release()
        return arrays

    def _renewed(self, arrays: CatalogArrays, stamp: object) -> CatalogArrays:
        if not self.in_background:
            return self._read(stamp)
        if self._reading.acquire(blocking=False):
            threading.Thread(
                target=self._read_in_thread, args=[stamp], name="live-catalog", daemon=True
            ).start()
        return arrays

    def _read_in_thread(self, stamp: object) -> None:
        try:
            self._read(stamp)
        finally:
            connection.close()  # the thread's own
            self._reading.release()

    def _read(self, stamp: object) -> CatalogArrays:
        started = time.monotonic()
        arrays = read_catalog()
        arrays.prepare()
        self._arrays = arrays
        self._stamp, self._read_at, self._checked_at = stamp, started, time.monotonic()
        log.info("catalog_read", movies=len(arrays), seconds=round(time.monotonic() - started, 3))
        return arrays

    def _asked_stamp(self) -> object:
        try:
            return cache.get(STAMP_KEY)
        except RedisError as error:
            log.warning("catalog_stamp_unknown", error=repr(error))
            return self._stamp


live_catalog = LiveCatalog()


def catalog_changed(**_signal: object) -> None:
    """Tell every process, once the change is committed, that its arrays are of yesterday."""
    transaction.on_commit(_write_stamp)


def catalog_imported(user_id: int | None = None, **_signal: object) -> None:
    """An import is told by ratings that no single user changed, after its commit."""
    if user_id is None:
        _write_stamp()


def _write_stamp() -> None:
    try:
        cache.set(STAMP_KEY, uuid.uuid4().hex, timeout=None)
    except RedisError as error:  # the arrays' lifetime bounds how long this is felt
        log.warning("catalog_stamp_not_written", error=repr(error))

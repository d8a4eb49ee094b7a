"""One picture in one size and format: from the store, or fetched by one of all that ask."""

import logging
import threading
import time

from django.conf import settings
from django.core.cache import cache
from redis.exceptions import RedisError

from . import formats, store, upstream
from .formats import ImageFormat, NotAPictureError

log = logging.getLogger(__name__)

# One of a web process's two threads stays free for pages, however slow the image server is.
FETCHES_AT_ONCE = 1
WAIT_FOR_TURN = 1.0
WAIT_FOR_OTHER = 3.0
LOOK_AGAIN = 0.05
# An image server that fails so often in a row is left alone for a while.
MOST_FAILURES = 3
LEFT_ALONE = 30
ABSENT_FOR = 3600
UNAVAILABLE_FOR = 60
FLIGHT_SECONDS = 15

FAILURES_KEY = "images:failures"

_turn = threading.BoundedSemaphore(FETCHES_AT_ONCE)


def picture_of(path: str, size: str, kind: ImageFormat) -> bytes | None:
    """The picture at ``path``, None where it is not to be had now.

    ``path`` must be known already: whatever is asked for here is fetched.
    """
    if not settings.POSTER_BASE_URL:
        return None
    name = store.place_of(path, f"{size}.{kind.name.lower()}")
    kept = store.read(name)
    if kept is not None:
        return kept
    absent = f"images:absent:{store.place_of(path, '')}"
    try:
        if cache.get(absent) or not _turn.acquire(timeout=WAIT_FOR_TURN):
            return None
        try:
            return _alone(path, size, kind, name, absent)
        finally:
            _turn.release()
    except RedisError as error:  # what is kept is shown without it, and nothing new is fetched
        log.warning("No picture %s without the cache: %s", path, error)
        return None


def _alone(path: str, size: str, kind: ImageFormat, name: str, absent: str) -> bytes | None:
    """Make it, or wait for another thread or process that is making it."""
    flight = f"images:flight:{store.place_of(path, '')}"
    deadline = time.monotonic() + WAIT_FOR_OTHER
    while not cache.add(flight, 1, timeout=FLIGHT_SECONDS):
        if time.monotonic() > deadline:
            return None
        time.sleep(LOOK_AGAIN)
    try:
        kept = store.read(name)
        if kept is not None or cache.get(absent):
            return kept
        return _make(path, size, kind, name, absent)
    finally:
        cache.delete(flight)


def _make(path: str, size: str, kind: ImageFormat, name: str, absent: str) -> bytes | None:
    try:
        source = _source(path)
        if source is None:
            return None
        made = formats.convert(source, formats.WIDTHS[size], kind)
    except (upstream.UpstreamError, NotAPictureError) as error:
        passing = isinstance(error, upstream.UpstreamError) and error.is_passing
        if passing:
            _note_failure()
        cache.set(absent, 1, timeout=UNAVAILABLE_FOR if passing else ABSENT_FOR)
        log.info("No picture %s: %s", path, error)
        return None
    store.write(name, made)
    return made


def _source(path: str) -> bytes | None:
    """What the image server has, kept as it came, so that each size does not ask for it again."""
    name = store.place_of(path, "source")
    kept = store.read(name)
    if kept is not None:
        return kept
    if cache.get(FAILURES_KEY, 0) >= MOST_FAILURES:
        return None
    source = upstream.fetch(path)
    cache.delete(FAILURES_KEY)
    formats.check(source)
    store.write(name, source)
    return source


def _note_failure() -> None:
    cache.add(FAILURES_KEY, 0, timeout=LEFT_ALONE)
    try:
        cache.incr(FAILURES_KEY)
    except ValueError:  # it has just run out
        cache.set(FAILURES_KEY, 1, timeout=LEFT_ALONE)

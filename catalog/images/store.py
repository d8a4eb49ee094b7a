"""Where pictures are kept: STORAGES["images"], with a bound in bytes and an age.

Each file begins with the digest of what follows, so that one that is half written or cut counts as
not there.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import NamedTuple

from django.conf import settings
from django.core.cache import cache
from django.core.files.base import ContentFile
from django.core.files.storage import Storage, storages
from django.utils import timezone

log = logging.getLogger(__name__)

DIGEST_BYTES = hashlib.sha256().digest_size
# What all files take, as far as known: set by each clean-up, moved on by what is written since.
TOTAL_KEY = "images:bytes"
FULL_AFTER_CLEANUP = 0.8  # of the bound, so that the oldest do not go one by one


class StoredFile(NamedTuple):
    modified: datetime
    size: int
    name: str


class Cleaned(NamedTuple):
    removed: int
    kept_bytes: int


def _storage() -> Storage:
    return storages["images"]


def place_of(path: str, what: str) -> str:
    """The name of the file with ``what`` (a size and format, or the source) of a picture."""
    key = hashlib.sha256(f"{settings.POSTER_BASE_URL} {path}".encode()).hexdigest()
    return f"{key[:2]}/{key[2:]}-{what}"


def read(name: str) -> bytes | None:
    try:
        with _storage().open(name) as file:
            kept: bytes = file.read()
    except OSError:
        return None
    digest, content = kept[:DIGEST_BYTES], kept[DIGEST_BYTES:]
    return content if hashlib.sha256(content).digest() == digest else None


def write(name: str, content: bytes) -> bool:
    """Keep it, unless that would go beyond the bound or the disk has no room."""
    size = DIGEST_BYTES + len(content)
    total = cache.get(TOTAL_KEY, 0)
    if total + size > settings.IMAGE_CACHE_BYTES:
        return False
    try:
        _storage().save(name, ContentFile(hashlib.sha256(content).digest() + content))
    except OSError as error:
        log.warning("A picture cannot be kept: %s", error)
        return False
    cache.add(TOTAL_KEY, 0, timeout=None)
    cache.incr(TOTAL_KEY, size)
    return True


def clean_up() -> Cleaned:
    """Remove what is too old, and the oldest of the rest where they take too many bytes."""
    storage = _storage()
    oldest_kept = timezone.now() - timedelta(days=settings.IMAGE_CACHE_DAYS)
    files = sorted(_files(storage))
    total = sum(file.size for file in files)
    over = total > settings.IMAGE_CACHE_BYTES * FULL_AFTER_CLEANUP
    goal = settings.IMAGE_CACHE_BYTES * FULL_AFTER_CLEANUP if over else total
    removed = 0
    for file in files:
        if file.modified >= oldest_kept and total <= goal:
            break
        storage.delete(file.name)
        total -= file.size
        removed += 1
    cache.set(TOTAL_KEY, total, timeout=None)
    return Cleaned(removed, total)


def _files(storage: Storage) -> Iterator[StoredFile]:
    try:
        folders, _ = storage.listdir("")
    except FileNotFoundError:  # nothing was ever kept
        return
    for folder in folders:
        for file in storage.listdir(folder)[1]:
            name = f"{folder}/{file}"
            try:
                yield StoredFile(storage.get_modified_time(name), storage.size(name), name)
            except FileNotFoundError:  # another clean-up was faster
                continue

"""Progress of an import in its worker. It is kept in the cache and may be lost at any time."""

from dataclasses import dataclass

import structlog
from django.core.cache import cache
from redis.exceptions import RedisError

log = structlog.get_logger(__name__)

SECONDS = 600


@dataclass(frozen=True)
class ImportProgress:
    """``phase`` is put into words by a template; ``total`` is 0 where it has no steps."""

    phase: str
    done: int = 0
    total: int = 0

    @property
    def percent(self) -> int:
        return 100 * self.done // self.total if self.total else 0


def tell(import_id: int, phase: str, done: int = 0, total: int = 0) -> None:
    try:
        cache.set(_key(import_id), (phase, done, total), SECONDS)
    except (RedisError, OSError) as error:
        log.warning("progress_not_told", member_import=import_id, error=repr(error))


def progress_of(import_id: int) -> ImportProgress | None:
    try:
        told = cache.get(_key(import_id))
    except (RedisError, OSError) as error:
        log.warning("progress_not_read", member_import=import_id, error=repr(error))
        return None
    return ImportProgress(*told) if told else None


def forget(import_id: int) -> None:
    try:
        cache.delete(_key(import_id))
    except (RedisError, OSError) as error:
        log.warning("progress_not_forgotten", member_import=import_id, error=repr(error))


def _key(import_id: int) -> str:
    return f"catalog.member_import.progress.{import_id}"

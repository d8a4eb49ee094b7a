"""Leaving a server alone that does not answer, so that requests do not wait for it one by one."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import structlog

log = structlog.get_logger(__name__)

LEFT_ALONE = 5.0  # seconds after a failure in which a server is not asked


class Fuse:
    """Whether a server is asked now: not for a while after it failed, then by one thread."""

    def __init__(self, name: str, clock: Callable[[], float] = time.monotonic) -> None:
        self.name = name
        self._clock = clock
        self._lock = threading.Lock()
        self._closed_until: float | None = None

    def lets_through(self) -> bool:
        if not self.is_blown:
            return True
        with self._lock:
            if self._closed_until is None:
                return True
            if self._clock() < self._closed_until:
                return False
            self._closed_until = self._clock() + LEFT_ALONE  # for all others while one tries
            return True

    def blow(self, error: Exception) -> None:
        with self._lock:
            if self._closed_until is None:
                log.warning("server_left_alone", server=self.name, error=repr(error))
            self._closed_until = self._clock() + LEFT_ALONE

    def mend(self) -> None:
        if self._closed_until is not None:
            with self._lock:
                self._closed_until = None
            log.info("server_answers_again", server=self.name)

    @property
    def is_blown(self) -> bool:
        return self._closed_until is not None

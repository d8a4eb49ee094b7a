"""All checks together: whether the site is ready, goes on with less, or cannot serve."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass

from moviesite.health import checks

READY, DEGRADED, UNAVAILABLE = "ok", "degraded", "unavailable"
UNKNOWN = "unknown"
KEPT_SECONDS = 1.0  # so that nobody makes the site write by asking it how it is


@dataclass(frozen=True)
class Report:
    """The word of each check, by its name."""

    words: dict[str, str]

    @property
    def status(self) -> str:
        if any(self.is_fatal(name) for name in self.words):
            return UNAVAILABLE
        return DEGRADED if any(word != checks.OK for word in self.words.values()) else READY

    def is_fatal(self, name: str) -> bool:
        word = self.words[name]
        return name in checks.VITAL and word != checks.OK and (name, word) not in checks.WARNINGS


def look() -> Report:
    """Look at everything now."""
    words = {name: check() for name, check in checks.VITAL.items()}
    reachable = words["database"] != "unreachable" and words["migrations"] == checks.OK
    for name, check in checks.USEFUL.items():
        words[name] = check() if reachable or name not in checks.IN_TABLES else UNKNOWN
    return Report(words)


class Looks:
    """The last look, for all who ask within a second."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._last: tuple[float, Report] | None = None

    def current(self) -> Report:
        with self._lock:
            if self._last is None or time.monotonic() - self._last[0] > KEPT_SECONDS:
                self._last = (time.monotonic(), look())
            return self._last[1]


looks = Looks()

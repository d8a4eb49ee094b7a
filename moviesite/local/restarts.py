"""Starting again what ended: later and later while it does not come up, and without end."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import psycopg2
import redis

from moviesite.local.errors import LocalRunError
from moviesite.local.services import Server

FIRST_BACKOFF, LONGEST_BACKOFF = 1.0, 30.0  # seconds
SETTLED = 60.0  # seconds after which something counts as running well

# What a start fails of: a full disk, no room for one more file, a disk that is only read.
FAILURES = (LocalRunError, OSError, psycopg2.Error, redis.RedisError)


@dataclass
class Backoff:
    """When to start something again."""

    failures: int = 0
    started_at: float = 0.0
    again_at: float | None = None

    def postpone(self, now: float) -> float:
        """It ended or did not start: how many seconds to wait."""
        if self.again_at is None and now - self.started_at > SETTLED:
            self.failures = 0
        pause = min(LONGEST_BACKOFF, FIRST_BACKOFF * 2**self.failures)
        self.failures += 1
        self.again_at = now + pause
        return pause

    def started(self, now: float) -> None:
        self.started_at, self.again_at = now, None


@dataclass
class KeptServer:
    """A private server of the run."""

    name: str
    server: Server
    backoff: Backoff = field(default_factory=Backoff)

    def watch(self, now: float) -> str | None:
        """Start it again when it has ended and its pause is over; what happened, if anything."""
        if self.backoff.again_at is None:
            if self.server.process is None or self.server.process.poll() is None:
                return None
            pause = self.backoff.postpone(now)
            return (
                f"{self.name} ended unexpectedly; starting it again in {pause:.0f} s. "
                f"Its log: {self.server.log}"
            )
        if now < self.backoff.again_at:
            return None
        if error := failure_of(self.server.start):
            pause = self.backoff.postpone(now)
            return f"{error}; trying again in {pause:.0f} s."
        self.backoff.started(now)
        return f"{self.name} runs again."


def failure_of(step: Callable[[], object]) -> str:
    """Why the step failed, in a sentence; empty where it did not."""
    try:
        step()
    except FAILURES as error:
        return str(error).strip().rstrip(".") or repr(error)
    return ""

"""Starting again what ended."""

import errno
from types import SimpleNamespace
from typing import Any

import pytest

from moviesite.local.errors import LocalRunError
from moviesite.local.restarts import (
    FIRST_BACKOFF,
    LONGEST_BACKOFF,
    SETTLED,
    Backoff,
    KeptServer,
    failure_of,
)


class Server:
    """Ends when told, and starts only when its disk has room."""

    log = "its.log"

    def __init__(self) -> None:
        self.process: Any = SimpleNamespace(poll=lambda: None)
        self.error: Exception | None = None

    def end(self) -> None:
        self.process = SimpleNamespace(poll=lambda: 1)

    def start(self) -> None:
        if self.error:
            self.process = None
            raise self.error
        self.process = SimpleNamespace(poll=lambda: None)


def test_a_server_is_started_again_until_it_comes_up() -> None:
    server = Server()
    kept = KeptServer("PostgreSQL", server)  # type: ignore[arg-type]
    assert kept.watch(0) is None
    server.end()
    server.error = LocalRunError("PostgreSQL did not start: No space left on device")
    now, told = 0.0, []
    for _ in range(20):
        if message := kept.watch(now):
            told.append(message)
        now = kept.backoff.again_at or now
    assert "ended unexpectedly" in told[0]
    assert "No space left on device" in told[-1]
    assert f"again in {LONGEST_BACKOFF:.0f} s" in told[-1]
    server.error = None
    assert kept.watch(now) == "PostgreSQL runs again."
    assert kept.watch(now + 1) is None


def test_what_ran_well_for_a_while_is_started_at_once() -> None:
    backoff = Backoff()
    backoff.started(0)
    assert [backoff.postpone(1) for _ in range(3)] == [FIRST_BACKOFF, 2, 4]
    backoff.started(10)
    assert backoff.postpone(11 + SETTLED) == FIRST_BACKOFF


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EROFS])
def test_a_disk_that_takes_nothing_is_told_of(number: int) -> None:
    def start() -> None:
        raise OSError(number, "no")

    assert failure_of(start)
    assert failure_of(lambda: None) == ""

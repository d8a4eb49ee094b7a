"""Signs of life of a job, and the wish to cancel it, over a connection of their own.

What the import itself writes is seen by nobody before it is finished; what is told here is seen at
once. The same connection holds the lock that keeps a second worker off the job.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection

LOCK_CLASS = 0x4D54_4A42  # the first key; the second is the job
SECONDS = 0.5


class JobCancelledError(Exception):
    """The operator does not want it any more."""


class Pulse:
    """See :func:`pulse`, which makes it."""

    def __init__(self, job_id: int, connection: Any) -> None:
        self._job_id = job_id
        self._connection = connection
        self._phase = ""
        self._told = 0.0

    def say(self, phase: str) -> None:
        """Tell the step that begins. Raises JobCancelledError when it should not."""
        self._phase = phase[:200]
        self._tell(self._phase, 0, 0)

    def watch(self, name: str, position: int, size: int) -> None:
        """Tell how far a file is read, now and then. Raises JobCancelledError likewise."""
        if time.monotonic() - self._told >= SECONDS:
            self._tell(f"{self._phase}: {name}"[:200], position, size)

    def _tell(self, phase: str, done: int, total: int) -> None:
        self._told = time.monotonic()
        with self._connection.cursor() as cursor:
            cursor.execute(
                """UPDATE catalog_datasetjob SET phase = %s, done = %s, total = %s WHERE id = %s
                   RETURNING cancel_asked""",
                [phase, done, total, self._job_id],
            )
            row = cursor.fetchone()
        if row is not None and row[0]:
            raise JobCancelledError


@contextmanager
def pulse(job_id: int) -> Iterator[Pulse | None]:
    """Hold the right to work on a job; None when another worker has it."""
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [LOCK_CLASS, job_id])
            held = cursor.fetchone()[0]
        try:
            yield Pulse(job_id, other) if held else None
        finally:
            # Closing would let go of it only when the server has noticed.
            if held and other.is_usable():
                with other.cursor() as cursor:
                    cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [LOCK_CLASS, job_id])
    finally:
        other.close()

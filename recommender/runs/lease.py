"""The lease of a training: a lock in PostgreSQL for each kind of model, and a heartbeat.

Lock and pulse share one connection in a thread of their own. When the process dies, PostgreSQL
drops the lock with the connection; when the connection dies, the pulse fails and the process
learns that it lost the lock. Nothing else coordinates workers, on one host or on many.
"""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import structlog
from django.db import Error as DatabaseError
from django.db import connection
from django.utils import timezone

from recommender import kinds
from recommender.models import RunStatus, TrainingRun
from recommender.runs.errors import CancelledError, KindBusyError, LeaseLostError, SupersededError

log = structlog.get_logger(__name__)

OnStuck = Callable[[TrainingRun], None]

PULSE_SECONDS = 0.5
CANCEL_SECONDS = 0.5  # for a cancelled training to come back from a long computation
_LOCK_CLASS = 0x4D544E45  # the first key of all our advisory locks; the second is the kind
_ACQUIRE_PATIENCE = 30.0


def lock_keys(kind: str) -> tuple[int, int]:
    return _LOCK_CLASS, kinds.number(kind)


def lock_holder(kind: str) -> int | None:
    """Process id of the PostgreSQL backend whose client is training ``kind``, or None."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT pid FROM pg_locks
               WHERE locktype = 'advisory' AND classid = %s AND objid = %s AND objsubid = 2
                 AND granted
                 AND database = (SELECT oid FROM pg_database WHERE datname = current_database())""",
            lock_keys(kind),
        )
        row = cursor.fetchone()
    return None if row is None else int(row[0])


def end_connection_of(backend: int) -> None:
    """Cut off a client that holds a lock and has stopped giving signs of life."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s)", [backend])


def process_name() -> str:
    return f"{socket.gethostname()}:{os.getpid()}"


@contextmanager
def lease(kind: str, on_stuck: OnStuck | None = None) -> Iterator[Lease]:
    """Hold the right to train ``kind``. Raises `KindBusyError` when another process has it.

    ``on_stuck`` is called with a run that was cancelled and has not come back from what it
    computes in the time for that; it may end the process.
    """
    held = Lease(kind, on_stuck)
    held.acquire()
    try:
        yield held
    finally:
        held.release()


class Lease:
    """See :func:`lease`, which makes it."""

    def __init__(self, kind: str, on_stuck: OnStuck | None = None) -> None:
        self._kind = kind
        self._on_stuck = on_stuck
        self._answered = threading.Event()
        self._ended = threading.Event()
        self._acquired = False
        self._failure: Exception | None = None
        self._run: TrainingRun | None = None
        self._fields: Callable[[], Mapping[str, Any]] = dict
        self._thread = threading.Thread(target=self._work, name=f"lease-{kind}", daemon=True)

    def acquire(self) -> None:
        self._thread.start()
        if not self._answered.wait(_ACQUIRE_PATIENCE):
            self._ended.set()
            raise LeaseLostError(f"PostgreSQL did not answer for {_ACQUIRE_PATIENCE:.0f} s")
        if isinstance(self._failure, DatabaseError):
            raise LeaseLostError(f"the lock could not be asked for: {self._failure}")
        if not self._acquired:
            raise KindBusyError(f"another process is training the {self._kind} model")

    def release(self) -> None:
        self._ended.set()
        self._thread.join()

    def keep_alive(self, run: TrainingRun, fields: Callable[[], Mapping[str, Any]]) -> None:
        """Show signs of life on ``run`` from now on, and write what ``fields`` returns to it."""
        self._fields = fields
        self._run = run

    def check(self) -> None:
        """Raise when the run was cancelled or this process may not go on. Asks no database."""
        if self._failure is not None:
            if isinstance(self._failure, DatabaseError):
                raise LeaseLostError(f"the connection to the database broke: {self._failure}")
            raise self._failure

    def _work(self) -> None:
        try:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", lock_keys(self._kind))
                self._acquired = bool(cursor.fetchone()[0])
            self._answered.set()
            while self._acquired and not self._ended.wait(PULSE_SECONDS):
                self._pulse()
        except Exception as error:  # noqa: BLE001  (raised again by `check`)
            # Without a pulse there is no right to go on, whatever stopped it.
            self._failure = error
            log.info("lease_ended", kind=self._kind, why=repr(error))
            # A cancelled process keeps the lock until it has really stopped.
            if not isinstance(error, DatabaseError) and not self._ended.wait(CANCEL_SECONDS):
                if isinstance(error, CancelledError) and self._run and self._on_stuck:
                    self._on_stuck(self._run)
                self._ended.wait()
        finally:
            self._answered.set()
            connection.close()

    def _pulse(self) -> None:
        run = self._run
        if run is None:
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1")
            return
        mine = TrainingRun.objects.owned_by(run)
        now = timezone.now()
        fields = self._fields()
        # Cancelled at once, whatever the fit is in the middle of: from here on it may write
        # nothing. What was published just before is not cancelled any more.
        if mine.filter(cancel_requested=True, version__isnull=True).update(
            status=RunStatus.CANCELLED, reason="cancelled", finished_at=now, **fields
        ):
            raise CancelledError(f"run {run.pk} was cancelled")
        if not mine.update(heartbeat_at=now, **fields):
            raise SupersededError(f"run {run.pk} is no longer this process's")

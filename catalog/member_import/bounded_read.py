"""Reading an upload in a child process, with limits on its memory and time.

Whatever an upload makes of its reader, the worker goes on: the child gives back rows as the
database takes them, in a file, and is gone with all that it held.
"""

from __future__ import annotations

import gc
import json
import os
import resource
import signal
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import IO, Any

import structlog

from catalog.models import ImportPiece, MemberImport
from catalog.plain_values import decode, encode

from .formats.records import FileRefusedError
from .read import read
from .store import Cells, cells_of, list_cells

log = structlog.get_logger(__name__)

SECONDS = 60
# Above what the worker has when the child is made.
MEMORY_BYTES = 1024 * 1024 * 1024
POLL_SECONDS = 0.01
ROWS_AT_ONCE = 1000
PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")


@dataclass
class BoundedReading:
    """What the child found out. ``rows`` can be read once."""

    source: str
    report: dict[str, Any]
    lists: list[dict[str, object]]
    rows: Iterator[Cells]


def read_bounded(job: MemberImport, into: IO[bytes]) -> BoundedReading:
    """Read the pieces of an upload; the rows come from the file ``into``.

    Raises
    ------
    FileRefusedError
        As `read` does, and where memory or time does not suffice.
    """
    with tempfile.TemporaryFile() as upload, tempfile.TemporaryFile() as said:
        for piece in ImportPiece.objects.filter(member_import=job).iterator(chunk_size=1):
            upload.write(piece.content)
        upload.seek(0)
        sys.stdout.flush()
        sys.stderr.flush()
        child = os.fork()
        if child == 0:
            _be_the_child(job, upload, into, said)
        _wait(child)
        said.seek(0)
        told = said.read()
    if not told:
        raise FileRefusedError("too-big-to-read")
    answer = json.loads(told)
    if "refusal" in answer:
        raise FileRefusedError(answer["refusal"]["code"], **answer["refusal"]["values"])
    into.seek(0)
    return BoundedReading(answer["source"], answer["report"], answer["lists"], _rows(into))


def _be_the_child(job: MemberImport, upload: IO[bytes], into: IO[bytes], said: IO[bytes]) -> None:
    """Never returns: nothing of the worker, such as its connections, is touched or closed."""
    try:
        gc.disable()
        _limit()
        _answer(job, upload, into, said)
    except MemoryError:
        said.truncate(0)
    except BaseException as error:  # noqa: BLE001 - whatever it is, the worker has to go on
        os.write(2, f"reading import {job.pk} failed: {error!r}\n".encode())
        os._exit(1)
    os._exit(0)


def _answer(job: MemberImport, upload: IO[bytes], into: IO[bytes], said: IO[bytes]) -> None:
    told: dict[str, Any]
    try:
        reading = read(job.file_name, upload, job.answers)
    except FileRefusedError as error:
        told = {"refusal": {"code": error.code, "values": error.values}}
    else:
        rows = cells_of(job.pk, reading.rows)
        while batch := list(islice(rows, ROWS_AT_ONCE)):
            into.write(encode(batch).encode() + b"\n")
        into.flush()
        told = {
            "source": reading.source,
            "report": reading.as_json(),
            "lists": list_cells(reading),
        }
    said.write(json.dumps(told).encode())
    said.flush()


def _limit() -> None:
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.SIG_DFL)
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    most = _address_space() + MEMORY_BYTES
    _soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    if hard == resource.RLIM_INFINITY or most < hard:
        resource.setrlimit(resource.RLIMIT_AS, (most, hard))


def _address_space() -> int:
    try:
        with open("/proc/self/statm") as statm:
            return int(statm.read().split()[0]) * PAGE_BYTES
    except OSError:  # no Linux
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def _wait(child: int) -> None:
    end = time.monotonic() + 2 * SECONDS
    while True:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            break
        if time.monotonic() > end:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
            raise FileRefusedError("too-slow")
        time.sleep(POLL_SECONDS)
    if os.WIFSIGNALED(status):
        log.warning("import_reader_killed", signal=os.WTERMSIG(status))
        by_time = os.WTERMSIG(status) in (signal.SIGXCPU, signal.SIGKILL)
        raise FileRefusedError("too-slow" if by_time else "too-big-to-read")
    if os.WEXITSTATUS(status):
        raise ReaderFailedError


class ReaderFailedError(Exception):
    """The reader met something that nobody thought of."""


def _rows(file: IO[bytes]) -> Iterator[Cells]:
    """What the child has written, whatever the upload made of it."""
    for line in file:
        yield from decode(line)

"""One request on its way in: kept aside until all of it is there.

A thread that waits for the rest of a request serves nobody. So the bytes are gathered here first,
large bodies on disk, and a request that does not come within its time is given up.
"""

from __future__ import annotations

import re
import tempfile
from typing import IO

IDLE_SECONDS = 5.0  # for the first byte of a further request on a connection
# The same on a proxy's. It has to be longer than proxies keep theirs (nginx 60 s, Traefik 90,
# Caddy 120): who closes first tears a request that the other one just sends.
PROXY_IDLE_SECONDS = 150.0
HEAD_SECONDS = 10.0
# A body has this long, and as much longer as its bytes take a very slow line.
BODY_SECONDS = 30.0
SLOWEST = 8 * 1024  # bytes in a second
LARGEST_HEAD = 64 * 1024
IN_MEMORY = 256 * 1024

END_OF_HEAD = b"\r\n\r\n"
LENGTH = re.compile(rb"^content-length:[ \t]*(\d+)[ \t]*$", re.I | re.M)
CHUNKED = re.compile(rb"^transfer-encoding:.*chunked[ \t]*$", re.I | re.M)
CONTINUE = re.compile(rb"^expect:[ \t]*100-continue[ \t]*$", re.I | re.M)


class TooLargeError(Exception):
    """The head or the body is larger than anything that the site takes."""

    def __init__(self, part: str) -> None:
        super().__init__(part)
        self.part = part


class Arrival:
    """The bytes of a request so far; what lies behind its end belongs to the next one.

    Whether a request is well-formed is gunicorn's to say: one that this cannot read is handed on.
    """

    def __init__(self, now: float, largest_body: int, *, idle: float = 0.0) -> None:
        """``idle``: seconds for its first byte, where it is a connection's further request."""
        self.began = now
        self.largest_body = largest_body
        self.idle = idle
        self.is_complete = False
        self.wants_continue = False
        self._head = bytearray()
        self._head_is_over = False
        self._body = 0
        self._length = 0
        self._chunks: ChunkReader | None = None
        self._kept: IO[bytes] = tempfile.SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115

    @property
    def has_begun(self) -> bool:
        return self._head_is_over or bool(self._head)

    @property
    def deadline(self) -> float:
        if self._head_is_over:
            return self.began + BODY_SECONDS + self._body / SLOWEST
        return self.began + (self.idle if self.idle and not self._head else HEAD_SECONDS)

    def begin(self, now: float) -> None:
        """The first byte is there: the time of its head runs from now on."""
        if self.idle and not self.has_begun:
            self.began = now

    def feed(self, data: bytes) -> None:
        """More bytes have come. Raises TooLargeError."""
        if self._head_is_over:
            self._take(data)
            return
        searched = max(0, len(self._head) - len(END_OF_HEAD))
        self._head += data
        end = self._head.find(END_OF_HEAD, searched)
        if end >= 0:
            self._read_head(bytes(self._head[: end + 2]).replace(b"\r\n", b"\n"))
            rest = bytes(self._head[end + len(END_OF_HEAD) :])
            self._kept.write(self._head[: end + len(END_OF_HEAD)])
            self._take(rest)
        elif len(self._head) > LARGEST_HEAD:
            raise TooLargeError("head")

    def bytes_so_far(self) -> IO[bytes]:
        self._kept.seek(0)
        return self._kept

    def close(self) -> None:
        self._kept.close()

    def _read_head(self, head: bytes) -> None:
        self._head_is_over = True
        self.wants_continue = CONTINUE.search(head) is not None
        if CHUNKED.search(head):
            self._chunks = ChunkReader()
            return
        lengths = LENGTH.findall(head)
        self._length = int(lengths[0]) if lengths else 0
        self._require(self._length)

    def _take(self, data: bytes) -> None:
        self._body += len(data)
        self._kept.write(data)
        if self._chunks is not None:
            self._require(self._body)
            self._chunks.feed(data)
            self.is_complete = self._chunks.is_over
        else:
            self.is_complete = self._body >= self._length

    def _require(self, size: int) -> None:
        if size > self.largest_body:
            raise TooLargeError("body")


class ChunkReader:
    """Finds the end of a body in chunks."""

    def __init__(self) -> None:
        self.is_over = False
        self._skip = 0  # bytes of a chunk, with the end of its line
        self._line = bytearray()
        self._in_trailer = False

    def feed(self, data: bytes) -> None:
        at = 0
        while at < len(data) and not self.is_over:
            if self._skip:
                step = min(self._skip, len(data) - at)
                self._skip -= step
                at += step
                continue
            end = data.find(b"\n", at)
            if end < 0:
                self._line += data[at:]
                # No line that says a size is as long: gunicorn will refuse it.
                self.is_over = len(self._line) > LARGEST_HEAD
                return
            self._line += data[at:end]
            at = end + 1
            self._read_line(bytes(self._line).strip())
            self._line.clear()

    def _read_line(self, line: bytes) -> None:
        if self._in_trailer:
            self.is_over = not line
            return
        try:
            size = int(line.split(b";")[0], 16)
        except ValueError:
            self.is_over = True
            return
        self._in_trailer = size == 0
        self._skip = size + 2 if size > 0 else 0

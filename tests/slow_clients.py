"""Clients that hold connections without getting on, to 127.0.0.1 alone and for a bounded time."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

HEAD = b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100000\r\n\r\n"
KINDS: dict[str, tuple[bytes, bytes]] = {
    # What is sent at once, and then a bit at a time.
    "silent": (b"", b""),
    "head": (b"GET / HTTP/1.1\r\nHost: localhost\r\n", b"X-A: b\r\n"),
    "body": (HEAD, b"x"),
    "chunks": (
        HEAD.replace(b"Content-Length: 100000", b"Transfer-Encoding: chunked"),
        b"1\r\nx\r\n",
    ),
    "unread answer": (b"GET /large HTTP/1.1\r\nHost: localhost\r\n\r\n", b""),
    "unclosed": (b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", b""),
}
EVERY = 0.5  # seconds between two bits


class Sockets:
    """Connections that trickle, as many as are wanted, until the block ends."""

    def __init__(self, port: int, kind: str, count: int) -> None:
        first, self.bit = KINDS[kind]
        self.open: list[socket.socket] = []
        for _ in range(count):
            sock = socket.socket()
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            sock.settimeout(2)
            with suppress(OSError):
                sock.connect(("127.0.0.1", port))
                sock.sendall(first)
            self.open.append(sock)

    def trickle(self) -> None:
        for sock in self.open:
            with suppress(OSError):
                sock.sendall(self.bit)

    def still_open(self) -> int:
        """How many the server has not closed."""
        count = 0
        for sock in self.open:
            sock.setblocking(False)
            try:
                count += sock.recv(65536, socket.MSG_PEEK) != b""
            except BlockingIOError:
                count += 1
            except OSError:
                continue
        return count


@contextmanager
def trickling(port: int, kind: str, count: int = 64) -> Iterator[Sockets]:
    sockets = Sockets(port, kind, count)
    over = threading.Event()

    def work() -> None:
        while not over.wait(EVERY):
            sockets.trickle()

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield sockets
    finally:
        over.set()
        thread.join()
        for sock in sockets.open:
            sock.close()


def times_of(ask: Callable[[], bool], count: int) -> list[float]:
    """Seconds that each of so many requests took; infinite for one that failed."""
    found = []
    for _ in range(count):
        began = time.perf_counter()
        found.append(time.perf_counter() - began if ask() else float("inf"))
    return found

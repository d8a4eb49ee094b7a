"""gunicorn's worker with threads, of which none waits for a slow client.

gunicorn hands a connection to a thread when its first byte is there; a few dozen connections that
send a byte now and then hold all threads. Here the loop that accepts connections reads requests
whole, within their time, and only then a thread gets one. An address has a bounded number of
connections, and an answer that nobody reads is given up. So no buffering proxy is needed in front.
"""

from __future__ import annotations

import selectors
import socket
import time
from collections import Counter
from concurrent.futures import Future
from functools import partial
from typing import Any

from gunicorn import http
from gunicorn.http.unreader import SocketUnreader
from gunicorn.workers.gthread import TConn, ThreadWorker

from moviesite.proxies import parsed_address
from moviesite.web.arrival import IDLE_SECONDS, PROXY_IDLE_SECONDS, Arrival, TooLargeError

READ_AT_ONCE = 64 * 1024
SEND_SECONDS = 60.0  # in which a client has to take a piece of its answer
# Most answers fit into this, so that the thread is free before the client has read them.
SEND_BUFFER = 1024 * 1024
LINGER_SECONDS = 2.0  # for a client to close its end, so that it gets the end of its answer
LAST_SECONDS = 1.0  # for a request that a client may be sending to a worker that is to stop
MB = 2**20

_CLOSE = b"Connection: close\r\nContent-Length: 0\r\n\r\n"
TIMEOUT = b"HTTP/1.1 408 Request Timeout\r\n" + _CLOSE
TOO_LARGE = {
    "head": b"HTTP/1.1 431 Request Header Fields Too Large\r\n" + _CLOSE,
    "body": b"HTTP/1.1 413 Content Too Large\r\n" + _CLOSE,
}
NO_ROOM = b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 10\r\n" + _CLOSE
GO_ON = b"HTTP/1.1 100 Continue\r\n\r\n"


class ArrivedUnreader(SocketUnreader):
    """What has arrived, then the socket."""

    def __init__(self, sock: socket.socket) -> None:
        super().__init__(sock)
        self.arrival: Arrival | None = None

    def chunk(self, size_hint: int | None = None) -> bytes:
        if self.arrival is not None:
            size = min(max(size_hint or 0, self.mxchunk), self.max_body_chunk)
            if data := self._kept.read(size):
                return data
            self.drop()
        return bytes(super().chunk(size_hint))

    def take(self, arrival: Arrival) -> None:
        self.arrival, self._kept = arrival, arrival.bytes_so_far()

    def rest(self) -> bytes:
        """What came behind the end of the request."""
        rest: bytes = self.take_buffered()
        if self.arrival is not None:
            rest += self._kept.read()
            self.drop()
        return rest

    def drop(self) -> None:
        if self.arrival is not None:
            self.arrival.close()
            self.arrival = None


class PatientWorker(ThreadWorker):
    """Where TLS ends in gunicorn itself, which is not how Matinee is run, it is gunicorn's own."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._arriving: dict[TConn, Arrival] = {}
        self._closing: dict[TConn, float] = {}
        self._connections: Counter[str] = Counter()
        self._last_moment = float("inf")  # for a first byte, when it is to stop

    def init_process(self) -> None:
        from django.conf import settings

        self._proxies = settings.MATINEE_TRUSTED_PROXIES
        self._most = settings.MATINEE_CONNECTIONS_PER_ADDRESS
        self._largest = (max(settings.MATINEE_DATASET_UPLOAD_MB, 64) + 16) * MB
        super().init_process()

    def set_accept_enabled(self, enabled: bool) -> None:
        """When it is to stop: take who has connected, and be found by nobody else.

        gunicorn closes the sockets when the last answer is out; whoever connects until then waits
        in the kernel, to be reset.
        """
        super().set_accept_enabled(enabled)
        if enabled or self.alive or self.cfg.is_ssl or self._last_moment < float("inf"):
            return
        self._last_moment = time.monotonic() + LAST_SECONDS
        for listener in self.sockets:
            while self.nr_conns < self.worker_connections and self._take(listener):
                pass
            listener.close()

    def accept(self, listener: Any) -> None:
        if self.cfg.is_ssl:
            super().accept(listener)
        else:
            self._take(listener)

    def _take(self, listener: Any) -> bool:
        """Whether there was a connection to take."""
        try:
            sock, client = listener.accept()
        except ConnectionAbortedError:
            return True
        except BlockingIOError:
            return False
        conn = TConn(self.cfg, sock, client, listener.getsockname())
        address = _address(conn)
        if self._is_limited(address) and self._connections[address] >= self._most:
            sock.close()
            return True
        self._connections[address] += 1
        self.nr_conns += 1
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER)
        self._await_request(conn, b"")
        return True

    def finish_request(self, conn: TConn, fs: Future[Any]) -> None:
        """The thread is done: wait for the next request of the connection, or close it."""
        if self.cfg.is_ssl:
            super().finish_request(conn, fs)
            return
        try:
            goes_on = not fs.cancelled() and fs.exception() is None and bool(fs.result())
            rest = conn.parser.unreader.rest() if goes_on else b""
        except (OSError, ValueError):  # what was kept cannot be read
            goes_on = False
        if goes_on:
            idle = PROXY_IDLE_SECONDS if self._is_proxys(_address(conn)) else IDLE_SECONDS
            self._await_request(conn, rest, idle=idle)
        else:
            self._linger(conn)

    def handle_request(self, req: Any, conn: TConn) -> bool:
        conn.sock.settimeout(SEND_SECONDS)
        try:
            return bool(super().handle_request(req, conn))
        except TimeoutError:
            self.log.debug("Nobody takes the answer of %s.", conn.client)
            return False

    def murder_pending(self) -> None:
        """Called by the loop at least once a second."""
        super().murder_pending()
        now = time.monotonic()
        for conn, arrival in list(self._arriving.items()):
            if now > self._last_moment and not arrival.has_begun:
                self._give_up(conn)
            elif now > arrival.deadline:
                self._give_up(conn, TIMEOUT if arrival.has_begun else b"")

        for conn in [conn for conn, deadline in self._closing.items() if now > deadline]:
            self._end_linger(conn)

    def _await_request(self, conn: TConn, rest: bytes, *, idle: float = 0.0) -> None:
        conn.sock.setblocking(False)
        self._arriving[conn] = Arrival(time.monotonic(), self._largest, idle=idle)
        self.poller.register(conn.sock, selectors.EVENT_READ, partial(self._read, conn))
        if rest:
            self._feed(conn, rest)

    def _read(self, conn: TConn, sock: socket.socket) -> None:
        try:
            data = sock.recv(READ_AT_ONCE)
        except (BlockingIOError, InterruptedError):
            return
        except OSError:
            data = b""
        if data:
            self._feed(conn, data)
        else:
            self._give_up(conn)

    def _feed(self, conn: TConn, data: bytes) -> None:
        arrival = self._arriving[conn]
        arrival.begin(time.monotonic())
        try:
            arrival.feed(data)
        except TooLargeError as error:
            self._give_up(conn, TOO_LARGE[error.part])
            return
        except OSError:  # the disk has no room for a large body
            self.log.exception("A request cannot be kept.")
            self._give_up(conn, NO_ROOM)
            return
        if arrival.is_complete:
            self._hand_over(conn)
        elif arrival.wants_continue:
            arrival.wants_continue = False
            self._send(conn, GO_ON)

    def _hand_over(self, conn: TConn) -> None:
        arrival = self._arriving.pop(conn)
        self.poller.unregister(conn.sock)
        if conn.parser is None:
            conn.parser = http.get_parser(self.cfg, conn.sock, conn.client)
            conn.parser.unreader = ArrivedUnreader(conn.sock)
        conn.parser.unreader.take(arrival)
        conn.data_ready = True
        self.enqueue_req(conn)

    def _give_up(self, conn: TConn, answer: bytes = b"") -> None:
        self._arriving.pop(conn).close()
        self.poller.unregister(conn.sock)
        if answer:
            self._send(conn, answer)
            self._linger(conn)
        else:
            self._leave(conn)

    def _send(self, conn: TConn, answer: bytes) -> None:
        """A line that fits into the socket's buffer, or is not worth waiting for."""
        try:
            conn.sock.send(answer)
        except OSError:
            self.log.debug("Nobody takes an answer of %d bytes.", len(answer))

    def _linger(self, conn: TConn) -> None:
        """Say that nothing more comes, and wait for the other end without a thread."""
        try:
            conn.sock.setblocking(False)
            conn.sock.shutdown(socket.SHUT_WR)
        except OSError:  # the other end has gone already
            self._leave(conn)
            return
        self._closing[conn] = time.monotonic() + LINGER_SECONDS
        self.poller.register(conn.sock, selectors.EVENT_READ, partial(self._drain, conn))

    def _drain(self, conn: TConn, sock: socket.socket) -> None:
        try:
            if sock.recv(READ_AT_ONCE):
                return
        except (BlockingIOError, InterruptedError):
            return
        except OSError:
            self.log.debug("%s has gone.", conn.client)
        self._end_linger(conn)

    def _end_linger(self, conn: TConn) -> None:
        del self._closing[conn]
        self.poller.unregister(conn.sock)
        self._leave(conn)

    def _leave(self, conn: TConn) -> None:
        self.nr_conns -= 1
        address = _address(conn)
        self._connections[address] -= 1
        if not self._connections[address]:
            del self._connections[address]
        if conn.parser is not None:
            conn.parser.unreader.drop()
        conn.close()

    def _is_limited(self, address: str) -> bool:
        """Whether all these connections are one client's; a proxy's are those of many."""
        return self._most > 0 and not self._is_proxys(address)

    def _is_proxys(self, address: str) -> bool:
        """A peer that is named, or one behind a Unix socket."""
        peer = parsed_address(address)
        return peer is None or self._proxies.trusts(peer, 0)


def _address(conn: TConn) -> str:
    return conn.client[0] if isinstance(conn.client, tuple) else ""

"""gunicorn as the site runs it, among clients that do not get on."""

import http.client
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import psutil
import pytest

from tests.faults.local_run import free_port
from tests.slow_clients import KINDS, trickling

ROOT = Path(__file__).resolve().parents[3]
PATIENCE = 20
MOST = 100
LOOK_SECONDS = 1  # so often the worker looks whose time is over
COMMAND = ["-m", "gunicorn", "--workers", "1", "--threads", "2", "tests.echo_app:application"]


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    """One process of two threads: 64 connections are far more than it has threads."""
    with running() as (port, process):
        yield port
        process.terminate()
        assert process.wait(30) == 0


@contextmanager
def running(**more: str) -> Iterator[tuple[int, subprocess.Popen[bytes]]]:
    port = free_port()
    options = ["-k", "moviesite.web.worker.PatientWorker", "--bind", f"127.0.0.1:{port}"]
    environment = {
        **os.environ,
        "MATINEE_CONNECTIONS_PER_ADDRESS": str(MOST),
        "DJANGO_SETTINGS_MODULE": "moviesite.settings",
        "PYTHONPATH": str(ROOT),
        **more,
    }
    process = subprocess.Popen([sys.executable, *COMMAND, *options], env=environment)
    try:
        deadline = time.monotonic() + 60
        while process.poll() is None and time.monotonic() < deadline:
            try:
                ask(port, "GET", "/")
                break
            except OSError:
                time.sleep(0.1)
        yield port, process
    finally:
        if process.poll() is None:
            stop(process)


def stop(process: subprocess.Popen[bytes]) -> None:
    for child in psutil.Process(process.pid).children():
        child.kill()
    process.kill()
    process.wait()


def ask(port: int, method: str, path: str, body: bytes = b"", **headers: str) -> bytes:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    try:
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        assert answer.status == 200
        return answer.read()
    finally:
        connection.close()


@pytest.mark.parametrize("kind", KINDS)
def test_64_connections_that_trickle_stop_nobody(port: int, kind: str) -> None:
    with trickling(port, kind):
        for _ in range(10):
            assert ask(port, "POST", "/", b"y" * 1000) == b"1000"


def test_an_address_has_a_bounded_number_of_connections(port: int) -> None:
    with trickling(port, "silent", MOST + 40) as sockets:
        deadline = time.monotonic() + PATIENCE
        while sockets.still_open() > MOST and time.monotonic() < deadline:
            time.sleep(0.05)
        assert sockets.still_open() <= MOST


def test_bodies_of_all_sizes_and_in_chunks_arrive(port: int) -> None:
    for size in (0, 1, 70_000, 3_000_000):
        assert ask(port, "POST", "/", b"z" * size) == str(size).encode()
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    pieces = (b"p" * 10_000 for _ in range(50))
    connection.request("POST", "/", pieces, encode_chunked=True)
    assert connection.getresponse().read() == b"500000"
    connection.close()


def test_a_connection_serves_many_requests_also_after_a_body_that_nobody_read(port: int) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    for path, answer in (("/", b"5"), ("/unread", b"not read"), ("/", b"5")):
        connection.request("POST", path, b"hello")
        assert connection.getresponse().read() == answer
    connection.close()


def test_a_proxys_connection_is_kept_while_others_end_when_idle(port: int) -> None:
    """nginx answers 502 to a form that it sends on a connection which is just being closed."""
    with running(MATINEE_TRUSTED_PROXIES="127.0.0.1") as (proxied, process):
        kept, ended = (
            http.client.HTTPConnection("127.0.0.1", one, timeout=PATIENCE)
            for one in (proxied, port)
        )
        for connection in (kept, ended):
            connection.request("POST", "/", b"hello")
            assert connection.getresponse().read() == b"5"
        assert ended.sock.recv(1) == b"", "the other end closes what is not a proxy's"
        time.sleep(2 * LOOK_SECONDS)
        kept.sock.send(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nxx")
        assert kept.sock.recv(12) == b"HTTP/1.1 200"
        for connection in (kept, ended):
            connection.close()
        process.terminate()
        assert process.wait(30) == 0


def test_requests_that_come_at_once_are_answered_in_order(port: int) -> None:
    one = b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n\r\n%s"
    last = b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
    with socket.create_connection(("127.0.0.1", port), PATIENCE) as sock:
        sock.sendall(one % (3, b"abc") + one % (5, b"abcde") + last)
        found = b""
        while data := sock.recv(65536):
            found += data
    bodies = [part.split(b"\r\n\r\n", 1)[1] for part in found.split(b"HTTP/1.1 200 OK")[1:]]
    assert bodies == [b"3", b"5", b"0"]


def test_who_expects_it_is_told_to_go_on(port: int) -> None:
    head = (
        b"POST / HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n"
    )
    with socket.create_connection(("127.0.0.1", port), PATIENCE) as sock:
        sock.sendall(head)
        assert sock.recv(65536).startswith(b"HTTP/1.1 100 Continue")
        sock.sendall(b"good")
        assert b"200 OK" in sock.recv(65536) + sock.recv(65536)


def test_a_body_beyond_all_limits_is_refused_before_it_is_sent(port: int) -> None:
    head = b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99999999999\r\n\r\n"
    with socket.create_connection(("127.0.0.1", port), PATIENCE) as sock:
        sock.sendall(head)
        assert sock.recv(65536).startswith(b"HTTP/1.1 413")


def test_a_head_without_an_end_is_refused(port: int) -> None:
    with socket.create_connection(("127.0.0.1", port), PATIENCE) as sock:
        sock.sendall(b"GET / HTTP/1.1\r\n" + b"X-A: b\r\n" * 10_000)
        assert sock.recv(65536).startswith(b"HTTP/1.1 431")


def test_what_is_no_request_is_refused(port: int) -> None:
    with socket.create_connection(("127.0.0.1", port), PATIENCE) as sock:
        sock.sendall(b"what is this?\r\n\r\n")
        assert b" 400 " in sock.recv(65536)


GET = b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"


def test_who_has_connected_before_it_is_to_stop_is_answered() -> None:
    """
    GIVEN a worker that stands still, and clients that have connected and asked meanwhile
    WHEN it is told to stop, and goes on
    THEN each of them is answered
    """
    with running() as (port, process), ExitStack() as sockets:
        [worker] = psutil.Process(process.pid).children()
        worker.suspend()
        clients = [
            sockets.enter_context(socket.create_connection(("127.0.0.1", port), PATIENCE))
            for _ in range(5)
        ]
        for client in clients:
            client.sendall(GET)
        process.terminate()
        wait_until_told_to_stop(worker.pid)
        worker.resume()
        assert [client.recv(65536)[:15] for client in clients] == [b"HTTP/1.1 200 OK"] * 5
        assert process.wait(30) == 0


def test_while_it_stops_it_cannot_be_reached_and_ends_what_it_has_begun() -> None:
    """
    GIVEN a request of which one half has come
    WHEN the process is told to stop
    THEN others are refused at once, to go elsewhere, and the one is answered
    """
    with running() as (port, process):
        begun = socket.create_connection(("127.0.0.1", port), PATIENCE)
        with begun:
            begun.sendall(b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4\r\n\r\nab")
            ask(port, "GET", "/")  # by now it has read what came before
            process.terminate()
            while reaches(port):
                time.sleep(0.01)
            begun.sendall(b"cd")
            assert begun.recv(65536).startswith(b"HTTP/1.1 200 OK")
        assert process.wait(30) == 0


def reaches(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), PATIENCE).close()
    except ConnectionRefusedError:
        return False
    return True


def wait_until_told_to_stop(pid: int) -> None:
    """Until SIGTERM waits for a process that stands still."""
    bit, deadline = 1 << (signal.SIGTERM - 1), time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        status = Path(f"/proc/{pid}/status").read_text()
        if any(int(mask, 16) & bit for mask in re.findall(r"(?:Sig|Shd)Pnd:\s+(\w+)", status)):
            return
        time.sleep(0.01)
    raise AssertionError("it was not told to stop")

"""How web servers fare while 64 connections trickle; run as a module.

Each server runs the same small application with four processes of two threads. Names of servers
choose among them; one that is not installed is passed over (``pip install granian uvicorn``).
"""

from __future__ import annotations

import http.client
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from tests.faults.local_run import free_port
from tests.slow_clients import KINDS, trickling

ROOT = Path(__file__).resolve().parents[2]
APP = "tests.echo_app:application"
WORKERS, THREADS = 4, 2
PATIENCE = 5.0
REQUESTS, CLIENTS = 400, 4
GUNICORN = ["gunicorn", "--workers", str(WORKERS), "--threads", str(THREADS), "--bind"]

SERVERS = {
    "gunicorn gthread": lambda port: [*GUNICORN, f"127.0.0.1:{port}", "-k", "gthread", APP],
    "Matinee": lambda port: [
        *GUNICORN,
        f"127.0.0.1:{port}",
        "-k",
        "moviesite.web.worker.PatientWorker",
        APP,
    ],
    "uvicorn": lambda port: [
        "uvicorn",
        "--workers",
        str(WORKERS),
        "--log-level",
        "error",
        "--port",
        str(port),
        "tests.echo_app:asgi",
    ],
    "granian": lambda port: [
        "granian",
        "--interface",
        "wsgi",
        "--workers",
        str(WORKERS),
        "--blocking-threads",
        str(THREADS),
        "--port",
        str(port),
        "--no-ws",
        "--log-level",
        "error",
        APP,
    ],
}


@contextmanager
def running(command: list[str], port: int) -> Iterator[bool]:
    environment = {
        "SECRET_KEY": "only-for-measuring",
        "DATABASE_URL": "postgres://nobody@localhost/none",
        "REDIS_URL": "redis://localhost",
        # All clients of the measurement have one address.
        "MATINEE_CONNECTIONS_PER_ADDRESS": "0",
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "moviesite.settings",
        "PYTHONPATH": os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")]),
    }
    process = subprocess.Popen(
        [sys.executable, "-m", *command], env=environment, stderr=subprocess.DEVNULL
    )
    try:
        deadline = time.monotonic() + 20
        while process.poll() is None and time.monotonic() < deadline and not asked(port):
            time.sleep(0.1)
        yield process.poll() is None
    finally:
        process.terminate()
        process.wait(20)


def asked(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    try:
        connection.request("POST", "/", b"y" * 100)
        return connection.getresponse().read() == b"100"
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def honest(port: int, count: int) -> list[float]:
    """Seconds of each request; as long as it was waited for where it failed."""
    found = []
    for _ in range(count):
        began = time.perf_counter()
        answered = asked(port)
        found.append(time.perf_counter() - began if answered else float("inf"))
        if not answered and len(found) >= 3:
            break
    return found


def measure(port: int) -> str:
    began = time.perf_counter()
    with ThreadPoolExecutor(CLIENTS) as clients:
        each = clients.map(lambda _: honest(port, REQUESTS // CLIENTS), range(CLIENTS))
        times = [one for found in each for one in found]
    took = time.perf_counter() - began
    answered = sorted(one for one in times if one != float("inf"))
    if len(answered) < len(times):
        return f"{len(times) - len(answered)} of {len(times)} unanswered in {PATIENCE:.0f} s"
    p99 = answered[int(len(answered) * 0.99) - 1]
    median = statistics.median(answered)
    return f"{len(times) / took:.0f}/s, median {median * 1e3:.0f} ms, p99 {p99 * 1e3:.0f} ms"


def main(names: list[str]) -> None:
    for name in names or SERVERS:
        port = free_port()
        with running(SERVERS[name](port), port) as runs:
            if not runs:
                print(f"| {name} | not installed |")
                continue
            print(f"| {name} | nobody | {measure(port)} |", flush=True)
            for kind in KINDS:
                with trickling(port, kind):
                    time.sleep(1)
                    print(f"| {name} | {kind} | {measure(port)} |", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])

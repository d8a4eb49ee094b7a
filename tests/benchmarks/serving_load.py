"""The parts of bench_serving that need the site itself: memory and requests over HTTP."""

import os
import random
import socket
import subprocess
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import psutil
import requests
import urllib3

from .fresh_site import fresh_site, manage
from .places import ROOT

USERS = 16
PAUSE = 1.0
PAUSED_TIMES = 4  # as long as the other loads, so that a 99th percentile is of hundreds of requests
BURSTS = 5
PAGES = {"API": "/api/v1/me/recommendations", "home": "/"}


def run(part: str, *, films: int, history: int, seconds: int) -> None:
    with fresh_site() as environment:
        environment |= {
            "DJANGO_SETTINGS_MODULE": "moviesite.settings",
            "LOG_LEVEL": "ERROR",
            "OMP_NUM_THREADS": "1",
        }
        manage(environment, "collectstatic", "--noinput", "--verbosity", "0")
        module = "tests.benchmarks.serving_site"
        command = [sys.executable, "-m", module, str(films), str(history), str(USERS)]
        made = subprocess.run(
            command, env=environment, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True
        )
        sessions = made.stdout.split()
        if part == "memory":
            memory(environment, sessions[0])
        elif part == "parts":
            command = [sys.executable, "-m", "tests.benchmarks.serving_parts", *sessions[:4]]
            subprocess.run(command, env=environment, cwd=ROOT, check=True)
        else:
            load(environment, sessions, films, seconds)


@contextmanager
def site(environment: dict[str, str]) -> Iterator[tuple[str, int]]:
    """gunicorn as the local run starts it; gives its address and process id."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "gunicorn", "--config", "python:moviesite.gunicorn_conf"]
    command += ["--bind", f"127.0.0.1:{port}", "--log-level", "error"]
    process = subprocess.Popen(command, env=environment, cwd=ROOT, start_new_session=True)
    address = f"http://127.0.0.1:{port}"
    try:
        for _ in range(300):
            try:
                requests.get(f"{address}/health/live", timeout=60)
                break
            except requests.ConnectionError:
                time.sleep(0.1)
        yield address, process.pid
    finally:
        process.terminate()
        process.wait(20)


def memory(environment: dict[str, str], session: str) -> None:
    """Of one of the web processes: after a page without recommendations, and after many with."""
    print("| a web process serves | PSS, MB | private, MB |\n| --- | --- | --- |")
    for name, pages in {
        "the profile page": ["/accounts/profile/"],
        "the same and recommendations": ["/accounts/profile/", *PAGES.values()],
    }.items():
        with site(environment) as (address, pid):
            for _ in range(60):
                for page in pages:
                    requests.get(address + page, cookies={"sessionid": session}, timeout=60)
            pss, private = _memory(psutil.Process(pid).children()[0].pid)
            print(f"| {name} | {pss:.0f} | {private:.0f} |", flush=True)


def _memory(pid: int) -> tuple[float, float]:
    """Megabytes of a process: with its share of what others map too, and its own alone."""
    sizes = {
        line.split()[0]: int(line.split()[1]) / 1024
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:]
    }
    return sizes["Pss:"], sizes["Private_Clean:"] + sizes["Private_Dirty:"]


Times = dict[str, list[float]]


def load(environment: dict[str, str], sessions: list[str], films: int, seconds: int) -> None:
    with site(environment) as (address, _):
        for page in ["home"] * 10 + ["API"] * 5:  # every process reads the models beforehand
            _at_once(sessions, lambda session: _visit(address, session, page))  # noqa: B023
        _at_once(sessions, lambda session: _rate(address, session, films, 3.0))
        browsing = PAUSED_TIMES * seconds
        print(f"{USERS} users, {PAUSE:g} s between actions, {browsing} s: reading and rating")

        def browse(session: str, times: Times) -> None:
            if session not in arrived:  # not all in the same instant
                arrived.add(session)
                time.sleep(random.uniform(0, 2) * PAUSE)
            _browse(address, session, films, times)

        arrived: set[str] = set()
        _report(_during(browsing, sessions, browse), browsing)
        print(f"\n{USERS} users at the same instant, {BURSTS} times: home")
        _report(_bursts(address, sessions), BURSTS)
        for page in PAGES:
            print(f"\nno pause, 8 at a time, {seconds} s: {page}")

            def hammer(session: str, times: Times, page: str = page) -> None:
                _timed(times, page, lambda: _visit(address, session, page))

            _report(_during(seconds, sessions[:8], hammer), seconds)


def _bursts(address: str, sessions: list[str]) -> Times:
    times: Times = defaultdict(list)

    def visit(session: str) -> None:
        _timed(times, "home", lambda: _visit(address, session, "home"))

    for _ in range(BURSTS):
        _at_once(sessions, visit)
        time.sleep(PAUSE)
    return times


def _browse(address: str, session: str, films: int, times: Times) -> None:
    """Home and API in turn, and a rating for every fourth page."""
    page = random.choice(list(PAGES))
    _timed(times, page, lambda: _visit(address, session, page))
    time.sleep(random.uniform(0.5, 1.5) * PAUSE)
    if random.random() < 0.25:
        movie, stars = random.randrange(1, films), random.randrange(1, 11) / 2
        _timed(times, "rating", lambda: _rate(address, session, movie, stars))
        time.sleep(random.uniform(0.5, 1.5) * PAUSE)


_connections = threading.local()


def _client() -> urllib3.PoolManager:
    """Of this thread; a leaner one than requests, whose own work would be measured with it."""
    if not hasattr(_connections, "client"):
        _connections.client = urllib3.PoolManager(timeout=30, retries=False)
    client: urllib3.PoolManager = _connections.client
    return client


def _visit(address: str, session: str, page: str) -> int:
    headers = {"Cookie": f"sessionid={session}"}
    return _client().request("GET", address + PAGES[page], headers=headers).status


def _rate(address: str, session: str, movie: int, stars: float) -> int:
    token = "a" * 32
    headers = {"Cookie": f"sessionid={session}; csrftoken={token}", "X-CSRFToken": token}
    url = f"{address}/api/v1/me/ratings/{movie}"
    return _client().request("PUT", url, json={"rating": stars}, headers=headers).status


def _timed(times: Times, name: str, request: Callable[[], int]) -> None:
    started = time.perf_counter()
    status = request()
    times[name].append((time.perf_counter() - started) * 1000)
    if status != 200:
        times["failed"].append(status)


def _during(seconds: int, sessions: list[str], action: Callable[[str, Times], None]) -> Times:
    until = time.monotonic() + seconds
    times: Times = defaultdict(list)

    def act(session: str) -> None:
        while time.monotonic() < until:
            action(session, times)

    _at_once(sessions, act)
    return times


def _at_once(sessions: list[str], action: Callable[[str], object]) -> None:
    threads = [threading.Thread(target=action, args=[session]) for session in sessions]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _report(times: Times, seconds: int) -> None:
    failed = times.pop("failed", [])
    print("| request | number | per second | p50 ms | p95 ms | p99 ms |")
    print("| --- | --- | --- | --- | --- | --- |")
    for name, one in times.items():
        p50, p95, p99 = np.percentile(one, [50, 95, 99])
        print(
            f"| {name} | {len(one)} | {len(one) / seconds:.1f} | {p50:.1f} | {p95:.1f} "
            f"| {p99:.1f} |"
        )
    print(f"failed: {len(failed)} {sorted(set(failed))}; load average {os.getloadavg()[0]:.1f}")

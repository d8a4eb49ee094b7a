"""A whole local run under its supervisor, for tests: started, read, hurt and stopped."""

from __future__ import annotations

import os
import queue
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from moviesite.local.processes import leftovers

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 200.0  # seconds; a first start imports and trains
READY = "Matinee is ready: "
# What this run of pytest set for itself must not reach the run under test.
OURS = ("DATABASE_URL", "REDIS_URL", "CACHE_URL", "SECRET_KEY", "MATINEE_VAR", "MATINEE_LOCAL")


class LocalRun:
    """``python -m moviesite.local`` with its state in ``var``."""

    def __init__(self, var: Path, *, port: int, **settings: str) -> None:
        self.var = var
        self.port = port
        self.lines: list[str] = []
        self._arriving: queue.Queue[str] = queue.Queue()
        inherited = {name: value for name, value in os.environ.items() if name not in OURS}
        self.environment = {**inherited, "MATINEE_VAR": str(var)}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "moviesite.local"],
            cwd=ROOT,
            env={**self.environment, "PORT": str(port), **settings},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        if self.process.stdout:
            with self.process.stdout as output:
                for line in output:
                    self._arriving.put(line.rstrip("\n"))
        self._arriving.put("")

    def wait_for(self, text: str, patience: float = PATIENCE) -> str:
        """The next line that has ``text`` in it."""
        deadline = time.monotonic() + patience
        while True:
            try:
                line = self._arriving.get(timeout=max(0.0, deadline - time.monotonic()))
            except queue.Empty:
                line = ""
            if line:
                self.lines.append(line)
            if text in line:
                return line
            if self.process.poll() is not None and self._arriving.empty():
                raise AssertionError(f"ended without {text!r}:\n" + "\n".join(self.lines))
            if time.monotonic() > deadline:
                raise AssertionError(f"no {text!r} in time:\n" + "\n".join(self.lines))

    def heard(self, most: int = 40) -> str:
        """The last lines that it told, without waiting for more."""
        while not self._arriving.empty():
            self.lines.append(self._arriving.get())
        return "\n".join(self.lines[-most:])

    def end(self, number: signal.Signals) -> int:
        """Send a signal, wait for the end, give back the exit status."""
        self.process.send_signal(number)
        return self.status()

    def status(self) -> int:
        """The exit status of a run that is about to end."""
        return self.process.wait(60)

    def manage(self, *arguments: str) -> str:
        """What a command says that is typed in another terminal."""
        return subprocess.check_output(
            [sys.executable, "manage.py", *arguments], cwd=ROOT, env=self.environment, text=True
        )

    def status_of(self, path: str) -> int:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=30) as answer:
            return int(answer.status)


@contextmanager
def local_run(var: Path, *, port: int, **settings: str) -> Iterator[LocalRun]:
    run = LocalRun(var, port=port, **settings)
    try:
        yield run
    finally:
        if run.process.poll() is None:
            run.end(signal.SIGTERM)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def wait_until_nothing_is_left(var: Path, patience: float = 20.0) -> None:
    """Whoever is told by the kernel that its parent died needs a moment to leave."""
    deadline = time.monotonic() + patience
    while (left := list(leftovers(var))) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert left == [], left


def write_small_dataset(folder: Path) -> Path:
    """120 people, 60 films in two tastes, in MovieLens's layout."""
    folder.mkdir()
    films = range(1, 61)
    titles = [f'{film},"Film {film} ({1950 + film})",{"Drama|War"}' for film in films]
    links = [f"{film},{1000 + film:07d},{500 + film}" for film in films]
    ratings = [
        f"{person},{film},{4.5 if film % 2 == person % 2 else 2.0},{10**9 + 60 * (person + film)}"
        for person in range(1, 121)
        for film in films
        if (film * 7 + person * 3) % 5 < 2
    ]
    for name, header, rows in (
        ("movies.csv", "movieId,title,genres", titles),
        ("links.csv", "movieId,imdbId,tmdbId", links),
        ("ratings.csv", "userId,movieId,rating,timestamp", ratings),
    ):
        (folder / name).write_text("\n".join([header, *rows]) + "\n")
    return folder

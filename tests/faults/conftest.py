"""Real workers on the tests' PostgreSQL and Valkey, to be broken."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psutil
import pytest
import redis
import requests
from django.conf import settings as site
from django.db import connection

from recommender.models import ModelVersion, RetrainingPolicy, TrainingRun
from recommender.runs.request import request_run
from tests.faults.behaviour import BEHAVIOUR_FILE
from tests.faults.local_run import free_port
from tests.recommender.conftest import artifacts, fresh_process
from tests.recommender.rated_world import rated_world
from tests.recommender.stand_in import Behaviour

__all__ = ["artifacts", "fresh_process", "rated_world"]

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 90.0


class Processes:
    """Celery processes of one test, each in a group of its own."""

    def __init__(self, folder: Path, artifacts: Path) -> None:
        self.folder = folder
        self.behaviour_file = folder / "behaviour.json"
        self._started: list[subprocess.Popen[bytes]] = []
        url = urlsplit(os.environ["DATABASE_URL"])
        name = connection.settings_dict["NAME"]
        path = url.path.rsplit("/", 1)[0] + f"/{name}"
        self.environment = {
            **os.environ,
            "DATABASE_URL": urlunsplit(url._replace(path=path)),
            "ARTIFACTS_OPTIONS": json.dumps({"location": str(artifacts)}),
            BEHAVIOUR_FILE: str(self.behaviour_file),
            "PYTHONPATH": str(ROOT),
        }
        self.behave()

    def behave(self, **behaviour: Any) -> None:
        """How the presets of all workers behave from the next training on."""
        Behaviour(**behaviour).write(self.behaviour_file)

    def worker(self, name: str = "w", queues: str = "default,training") -> subprocess.Popen[bytes]:
        """Start a worker with two child processes and wait until it is ready."""
        options = ["worker", "-Q", queues, "-c", "2", "-n", f"{name}@test", "--loglevel", "INFO"]
        process = self._start(name, [*options, "--without-gossip", "--without-mingle"])
        log = self.folder / f"{name}.log"
        wait_until(lambda: " ready." in log.read_text(errors="replace") or process.poll())
        assert process.poll() is None, log.read_text(errors="replace")
        return process

    def beat(self) -> subprocess.Popen[bytes]:
        options = ["beat", "--pidfile=", "--max-interval", "1", "--loglevel", "INFO"]
        return self._start("beat", options)

    def web(self, name: str) -> str:
        """Start a web process; returns its address when it answers."""
        address = f"127.0.0.1:{free_port()}"
        command = ["gunicorn", "--config", "python:moviesite.gunicorn_conf", "--bind", address]
        process = self._run(name, [*command, "--workers", "1"])

        def answers() -> bool:
            assert process.poll() is None
            try:
                return bool(requests.get(f"http://{address}/health/live", timeout=30).ok)
            except requests.ConnectionError:
                return False

        wait_until(answers)
        return f"http://{address}"

    def _start(self, name: str, options: list[str]) -> subprocess.Popen[bytes]:
        return self._run(name, ["celery", "-A", "tests.faults.worker_app", *options])

    def _run(self, name: str, command: list[str]) -> subprocess.Popen[bytes]:
        with (self.folder / f"{name}.log").open("wb") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", *command],
                cwd=ROOT,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self._started.append(process)
        return process

    def kill(self, process: subprocess.Popen[bytes]) -> None:
        """As when the power goes: the worker and its children at once."""
        children = psutil.Process(process.pid).children(recursive=True)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        psutil.wait_procs(children, timeout=10)

    def stop(self) -> None:
        for process in self._started:
            if process.poll() is None:
                self.kill(process)


@pytest.fixture
def processes(rated_world: Any, artifacts: Path, tmp_path: Path) -> Iterator[Processes]:
    """Sixty films with 2,000 ratings, an empty broker, and no worker yet."""
    redis.Redis(unix_socket_path=_broker_socket(), db=0).flushdb()
    RetrainingPolicy(
        holdout_percent=10,
        gate_minimum_questions=50,
        new_ratings=5,
        new_ratings_percent=0,
        debounce_seconds=0,
        min_seconds_between_runs=0,
    ).save()
    started = Processes(tmp_path, artifacts)
    try:
        yield started
    finally:
        started.stop()
        for log in tmp_path.glob("*.log"):
            print(f"--- {log.name}\n{log.read_text(errors='replace')[-4000:]}")


def _broker_socket() -> str:
    return urlsplit(site.CELERY_BROKER_URL).path


def queue_run(kind: str = "factorization", mode: str = "full") -> TrainingRun:
    """Ask for a training; it is sent to the workers at once."""
    run, new = request_run(kind, mode=mode, trigger="manual")
    assert new
    return run


def wait_until(
    condition: Callable[[], Any], patience: float = PATIENCE, *, every: float = 0.2
) -> Any:
    """Look so often, in seconds, until ``condition`` is true; returns what it returned.

    A look costs a page, or a dozen queries: often is slow for what is waited for.
    """
    deadline = time.monotonic() + patience
    while not (found := condition()):
        if time.monotonic() > deadline:
            pytest.fail(f"not true within {patience:.0f} s")
        time.sleep(every)
    return found


def ended(run: TrainingRun) -> TrainingRun:
    """Wait for the run's end."""

    def look() -> bool:
        run.refresh_from_db()
        return not run.is_active

    wait_until(look)
    return run


def live_pk(kind: str = "factorization") -> int | None:
    live = ModelVersion.objects.live(kind)
    return None if live is None else live.pk

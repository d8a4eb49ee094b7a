"""What a training costs those who rate meanwhile, on a whole site: web, worker, broker, database.

python -m tests.benchmarks.bench_rating_while_training [--rounds N] [--source FOLDER]

One member rates a film every 50 ms through the API while a real worker trains each kind in full.
The process that trains is stopped every other second (SIGSTOP), so that what else the machine does
falls on both alike. The target is a median that grows by 10 % at most.
"""

import argparse
import os
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import cycle

import django
import numpy as np
import psutil
import requests

from .fresh_site import ROOT, data_folder, fresh_site, manage
from .serving_load import site

PAUSE = 0.05
TURN, SETTLING = 1.0, 0.1
WARM_UP = 60
HISTORY = 200
CELERY = [
    sys.executable,
    "-m",
    "celery",
    "--quiet",
    "-A",
    "moviesite",
    "worker",
    "--loglevel",
    "WARNING",
]

Times = dict[str, list[float]]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--source", default=str(data_folder() / "movies-dataset-small"))
    chosen = parser.parse_args()
    with fresh_site() as environment:
        environment |= {"DJANGO_SETTINGS_MODULE": "moviesite.settings", "LOG_LEVEL": "ERROR"}
        manage(environment, "import_dataset", chosen.source)
        one_thread = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
        with worker(environment), site(environment | one_thread) as (address, _):
            os.environ.update(environment)
            django.setup()
            measure(address, chosen.rounds)


@contextmanager
def worker(environment: dict[str, str]) -> Iterator[None]:
    """The worker that trains, as the local run starts it."""
    options = ["-Q", "training", "-c", "1", "--without-gossip", "--without-mingle"]
    process = subprocess.Popen([*CELERY, *options], env=environment, cwd=ROOT)
    try:
        yield
    finally:
        process.terminate()
        process.wait(30)


def measure(address: str, rounds: int) -> None:
    from catalog.models import Movie
    from recommender.models import ModelKind, RetrainingPolicy

    from .serving_site import member

    RetrainingPolicy(enabled=False).save()
    session = member(0, Movie.objects.count(), HISTORY)
    films = cycle(Movie.objects.order_by("?").values_list("pk", flat=True)[:2000])
    with requests.Session() as client:

        def rate() -> float:
            return milliseconds_to_rate(client, address, session, next(films))

        for _ in range(WARM_UP):  # web processes and connections
            rate()
        for kind in ModelKind.values:
            times: Times = defaultdict(list)
            for _ in range(rounds):
                rate_during_a_training(kind, rate, times)
            report(kind, times)
    print(f"(machine: {os.cpu_count()} cores, load average {os.getloadavg()[0]:.1f})")


def milliseconds_to_rate(client: requests.Session, address: str, session: str, film: int) -> float:
    token = "a" * 32
    started = time.perf_counter()
    answer = client.put(
        f"{address}/api/v1/me/ratings/{film}",
        json={"rating": 4.5},
        cookies={"sessionid": session, "csrftoken": token},
        headers={"X-CSRFToken": token},
        timeout=30,
    )
    taken = (time.perf_counter() - started) * 1000
    answer.raise_for_status()
    return taken


def rate_during_a_training(kind: str, rate: Callable[[], float], times: Times) -> None:
    """Queues a run, waits for its beginning, and sorts the times by what its process is doing."""
    from recommender.models import RunStatus
    from recommender.requesting import request_run

    run, _ = request_run(kind, mode="full", trigger="manual")
    while run.status == RunStatus.QUEUED:
        time.sleep(0.1)
        run.refresh_from_db()
    process = psutil.Process(int(run.worker.rsplit(":", 1)[1]))
    while run.status == RunStatus.RUNNING:
        for state, change in (("goes on", process.resume), ("is stopped", process.suspend)):
            change()
            time.sleep(SETTLING)
            until = time.monotonic() + TURN
            while time.monotonic() < until:
                times[state].append(rate())
                time.sleep(PAUSE)
        process.resume()
        run.refresh_from_db()
    if run.status != RunStatus.SUCCEEDED:
        raise RuntimeError(f"{run} {run.status}: {run.reason}")


def report(kind: str, times: Times) -> None:
    print(f"| {kind} | ratings | p50 ms | p95 ms |\n| --- | --- | --- | --- |")
    for state, taken in times.items():
        p50, p95 = np.percentile(taken, [50, 95])
        print(f"| training {state} | {len(taken)} | {p50:.2f} | {p95:.2f} |")
    going, stopped = (np.median(times[state]) for state in ("goes on", "is stopped"))
    print(f"median slowed by {going / stopped - 1:+.1%}\n", flush=True)


if __name__ == "__main__":
    main()

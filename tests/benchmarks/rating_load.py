"""The part of bench_retraining that rates: what a training costs those who rate meanwhile.

The process that trains is stopped every other second (SIGSTOP), so that what else the machine does
falls on both alike.
"""

import time
from collections import defaultdict
from collections.abc import Callable
from itertools import cycle

import numpy as np
import psutil
import requests

PAUSE = 0.05
TURN, SETTLING = 1.0, 0.1
WARM_UP = 60
HISTORY = 200

Times = dict[str, list[float]]


def measure(address: str, rounds: int) -> None:
    """One member rates a film every 50 ms while each kind is trained in full, ``rounds`` times."""
    from catalog.models import Movie
    from recommender import kinds

    from .serving_site import member

    session = member(0, Movie.objects.count(), HISTORY)
    films = cycle(Movie.objects.order_by("?").values_list("pk", flat=True)[:2000])
    with requests.Session() as client:

        def rate() -> float:
            return milliseconds_to_rate(client, address, session, next(films))

        for _ in range(WARM_UP):  # web processes and connections
            rate()
        for kind in kinds.names():
            times: Times = defaultdict(list)
            for _ in range(rounds):
                rate_during_a_training(kind, rate, times)
            report(kind, times)


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
    from recommender.runs.request import request_run

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

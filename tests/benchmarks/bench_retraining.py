"""What retraining takes and costs, on a whole site: web, workers, broker and database.

python -m tests.benchmarks.bench_retraining [update] [cancel] [ratings]

`update`: seconds from the rating that trips the threshold to the new live version of each kind
(target: 60 on two cores). `cancel`: each kind cancelled at random moments of a whole training;
seconds until the row says so, and until the process has stopped and its lock is free (target: 2).
`ratings`: what a training costs those who rate meanwhile (target: a median at most 10 % slower).
Without a name all three, with real presets on The Movies Dataset's small ratings.
"""

import argparse
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import django
import numpy as np

from moviesite.local.children import TRAINING_THREADS, threads

from . import rating_load
from .fresh_site import fresh_site, manage
from .places import ROOT, data_folder
from .serving_load import site

PARTS = ("update", "cancel", "ratings")
THRESHOLD = 20
CELERY = [sys.executable, "-m", "celery", "--quiet", "-A", "moviesite", "worker"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("parts", nargs="*", default=list(PARTS), metavar="|".join(PARTS))
    parser.add_argument("--source", default=str(data_folder() / "movies-dataset-small"))
    parser.add_argument("--cancels", type=int, default=10, help="of each kind")
    parser.add_argument("--rounds", type=int, default=2, help="trainings to rate beside, per kind")
    chosen = parser.parse_args()
    with fresh_site() as environment, ExitStack() as running:
        environment |= {"DJANGO_SETTINGS_MODULE": "moviesite.settings", "LOG_LEVEL": "CRITICAL"}
        manage(environment, "import_dataset", chosen.source)
        running.enter_context(worker(environment | threads(TRAINING_THREADS), "training", 1))
        running.enter_context(worker(environment | threads(1), "default", 2))
        os.environ.update(environment)
        django.setup()
        switch_automatic(on=False)
        for part in chosen.parts:
            print(f"\n## {part}\n", flush=True)
            if part == "update":
                update()
            elif part == "cancel":
                cancel(chosen.cancels)
            else:
                with site(environment | threads(1)) as (address, _):
                    rating_load.measure(address, chosen.rounds)
            print(f"(machine: {os.cpu_count()} cores, load average {os.getloadavg()[0]:.1f})")


@contextmanager
def worker(environment: dict[str, str], queue: str, processes: int) -> Iterator[None]:
    """A worker as the local run starts it."""
    options = ["-Q", queue, "-c", str(processes), "-n", f"{queue}@bench", "--loglevel", "CRITICAL"]
    command = [*CELERY, *options, "--without-gossip", "--without-mingle"]
    process = subprocess.Popen(command, env=environment, cwd=ROOT)
    try:
        yield
    finally:
        process.send_signal(signal.SIGQUIT)  # without waiting for a training's end
        process.wait(30)


def switch_automatic(*, on: bool) -> None:
    from recommender.models import RetrainingPolicy

    RetrainingPolicy(enabled=on, new_ratings=THRESHOLD, new_ratings_percent=0).save()


def update() -> None:
    """A first version of each kind, then as many ratings as start a quick update."""
    from django.contrib.auth import get_user_model

    from catalog.models import Movie
    from catalog.services.ratings import rate
    from recommender import kinds
    from recommender.models import ModelVersion, TrainingRun

    first = {kind: seconds_of(kind) for kind in kinds.names()}
    print(", ".join(f"{kind} from scratch: {taken:.1f} s" for kind, taken in first.items()))
    trained = {kind: ModelVersion.objects.newest(kind) for kind in kinds.names()}
    user = get_user_model().objects.create_user("someone", "someone@example.org")
    switch_automatic(on=True)
    for movie in Movie.objects.order_by("?")[:THRESHOLD]:
        rate(user_id=user.pk, movie=movie, half_stars=8)
    tripped = time.perf_counter()
    while trained:
        for kind in list(trained):
            if ModelVersion.objects.live(kind) != trained[kind]:
                run = TrainingRun.objects.filter(kind=kind).latest("pk")
                print(
                    f"{kind}: live {time.perf_counter() - tripped:.1f} s after the rating, "
                    f"of which {run.duration_seconds:.1f} s training ({run.mode})"
                )
                del trained[kind]
            elif (newest := ModelVersion.objects.newest(kind)) != trained[kind]:
                raise RuntimeError(f"{newest} was turned down: {newest and newest.reason}")
        time.sleep(0.1)
    switch_automatic(on=False)


def cancel(cancels: int) -> None:
    from recommender import kinds

    random = np.random.default_rng(0)
    print("| kind | in | row after s | process after s |\n| --- | --- | --- | --- |")
    taken = []
    for kind in kinds.names():
        whole = seconds_of(kind)
        for moment in random.uniform(0, whole, cancels):
            phase, row, process = cancelled(kind, moment)
            if process is not None:
                taken.append((row, process))
                print(f"| {kind} | {phase} | {row:.2f} | {process:.2f} |", flush=True)
    (row, process), (last_row, last) = np.median(taken, axis=0), np.max(taken, axis=0)
    print(
        f"{len(taken)} cancellations: row after {row:.2f} s, at most {last_row:.2f}; "
        f"process after {process:.2f} s, at most {last:.2f}"
    )


def seconds_of(kind: str) -> float:
    """Of a whole training from scratch."""
    from recommender.models import RunStatus
    from recommender.runs.request import request_run

    run, _ = request_run(kind, mode="full", trigger="manual")
    while run.is_active:
        time.sleep(0.1)
        run.refresh_from_db()
    if run.status != RunStatus.SUCCEEDED or run.duration_seconds is None:
        raise RuntimeError(f"{run} {run.status}: {run.reason}")
    return run.duration_seconds


def cancelled(kind: str, after: float) -> tuple[str, float, float | None]:
    """Phase, seconds to the row, seconds to the free lock; None when the run was over before."""
    from recommender.models import RunStatus
    from recommender.runs.lease import lock_holder
    from recommender.runs.request import request_cancel, request_run

    run, _ = request_run(kind, mode="full", trigger="manual")
    while run.status == RunStatus.QUEUED:
        time.sleep(0.02)
        run.refresh_from_db()
    time.sleep(after)
    started = time.perf_counter()
    if not request_cancel(run):
        return "", 0.0, None
    row: float | None = None
    while row is None or lock_holder(kind) is not None:
        if row is None:
            run.refresh_from_db()
            row = None if run.is_active else time.perf_counter() - started
        time.sleep(0.01)
    process = time.perf_counter() - started
    return run.phase, row, process if run.status == RunStatus.CANCELLED else None


if __name__ == "__main__":
    main()

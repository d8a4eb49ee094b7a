"""How long a training goes on after its cancellation, with the real presets in a real worker.

python -m tests.benchmarks.bench_cancel [--cancels N] [--source FOLDER]

Each run is cancelled at a random moment of the time that a whole one takes. Printed are the
seconds until its row says so, and until its process has stopped: the lock of its kind is free.
The target is 2 s.
"""

import argparse
import os
import time

import django
import numpy as np

from .bench_rating_while_training import worker
from .fresh_site import data_folder, fresh_site, manage


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cancels", type=int, default=12, help="of each kind")
    parser.add_argument("--source", default=str(data_folder() / "movies-dataset-small"))
    chosen = parser.parse_args()
    with fresh_site() as environment:
        environment |= {"DJANGO_SETTINGS_MODULE": "moviesite.settings", "LOG_LEVEL": "ERROR"}
        manage(environment, "import_dataset", chosen.source)
        with worker(environment):
            os.environ.update(environment)
            django.setup()
            measure(chosen.cancels)


def measure(cancels: int) -> None:
    from recommender.models import ModelKind

    random = np.random.default_rng(0)
    print("| kind | cancelled in | row after s | process after s |\n| --- | --- | --- | --- |")
    rows, processes = [], []
    for kind in ModelKind.values:
        whole = seconds_of(kind)
        for _ in range(cancels):
            phase, row, process = cancel(kind, float(random.uniform(0, whole)))
            if process is None:
                continue
            print(f"| {kind} | {phase} | {row:.2f} | {process:.2f} |", flush=True)
            rows.append(row)
            processes.append(process)
    print(
        f"{len(rows)} cancellations: row after {np.median(rows):.2f} s (at most {max(rows):.2f}), "
        f"process after {np.median(processes):.2f} s (at most {max(processes):.2f})"
    )
    print(f"(machine: {os.cpu_count()} cores, load average {os.getloadavg()[0]:.1f})")


def seconds_of(kind: str) -> float:
    """Of a whole run."""
    from recommender.models import RunStatus
    from recommender.requesting import request_run

    run, _ = request_run(kind, mode="full", trigger="manual")
    while run.is_active:
        time.sleep(0.1)
        run.refresh_from_db()
    if run.status != RunStatus.SUCCEEDED or run.duration_seconds is None:
        raise RuntimeError(f"{run} {run.status}: {run.reason}")
    return run.duration_seconds


def cancel(kind: str, after: float) -> tuple[str, float, float | None]:
    """Phase, seconds to the row, seconds to the free lock; None when the run was over before."""
    from recommender.models import RunStatus
    from recommender.requesting import request_cancel, request_run
    from recommender.training.lease import lock_holder

    run, _ = request_run(kind, mode="full", trigger="manual")
    while run.status == RunStatus.QUEUED:
        time.sleep(0.02)
        run.refresh_from_db()
    time.sleep(after)
    run.refresh_from_db()
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

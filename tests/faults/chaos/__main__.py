"""Break a local run many times under writers, then compare it with their ledger.

    python -m tests.faults.chaos --faults 200 --seed 7 --report chaos.json

It starts a run of its own in a temporary folder, on a small disk where it may mount one. The same
seed breaks the same things in the same order. Ctrl-C ends it early, with a report all the same.
"""

from __future__ import annotations

import argparse
import json
import random
import shutil
import signal
import sys
from datetime import UTC, datetime
from pathlib import Path

from tests.faults.chaos.trial import Trial
from tests.faults.local_run import READY, free_port, local_run, write_small_dataset
from tests.faults.moved_clock import MovedClock
from tests.faults.small_disk import small_disk
from tests.passable import passable_folder

DISK_MB = 1500


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.faults.chaos", description=__doc__)
    parser.add_argument("--faults", type=int, default=200)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    parser.add_argument("--report", type=Path, help="a file for the outcome as JSON")
    parser.add_argument("--logs", type=Path, help="a folder for the logs of the run")
    options = parser.parse_args()
    print(f"seed {options.seed}", flush=True)
    with passable_folder() as folder, small_disk(folder, megabytes=DISK_MB) as mounted:
        dataset = write_small_dataset(folder / "dataset")
        clock = MovedClock(folder) if MovedClock.is_possible() else None
        settings = {"MATINEE_DATASET": str(dataset)} | (clock.settings if clock else {})
        with local_run(folder / "var", port=free_port(), **settings) as run:
            run.wait_for(READY, patience=900)
            disk = folder if mounted else None
            trial = Trial(run, disk=disk, seed=options.seed, clock=clock)
            for number in (signal.SIGINT, signal.SIGTERM):
                signal.signal(number, lambda *_: trial.stopped.set())
            try:
                report = trial.hold(options.faults, tell=tell)
            finally:
                if options.logs:
                    shutil.copytree(run.var / "log", options.logs, dirs_exist_ok=True)
    text = json.dumps(report, indent=2)
    print(text)
    if options.report:
        options.report.write_text(text + "\n", encoding="utf-8")
    return 1 if report["wrong"] else 0


def tell(text: str) -> None:
    print(f"{datetime.now(UTC):%H:%M:%S} {text}", flush=True)


if __name__ == "__main__":
    sys.exit(main())

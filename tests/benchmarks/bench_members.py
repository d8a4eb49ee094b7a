"""How many requests of realistic members the site answers, and how that grows with processes.

python -m tests.benchmarks.bench_members [--site FOLDER] [--members 24] [--seconds 600]
    [--processes 4] [--scaling] [--to FILE]

The Movies Dataset with its 100,000 ratings and models of production's size, in FOLDER where they
are kept; gunicorn as `make run` starts it; members by locust, on the same machine (`members_load`).
``--prepare`` only makes the site. ``--scaling`` asks 1, 2 and 4 processes in turn, with
more and more members for twenty seconds each. Fails where one request did.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from .fresh_site import kept_site
from .members_site import fill
from .places import ROOT, data_folder
from .serving_load import site

KINDS = ("browse", "search", "rate", "recommendations")
PAUSE = (0.5, 1.5)  # seconds between two actions of a member
WARM = (12, 20)  # members and seconds that are not counted: each process meets each page once
P99 = 250  # milliseconds
SCALING = ((2, 20), (4, 20), (8, 20), (16, 20), (32, 20))
MOST_MEMBERS = 96

Steps = Sequence[tuple[int, int]]
"""How many members, and for how many seconds."""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--site", type=Path, help="where the site is kept; else a new one is made")
    parser.add_argument("--prepare", action="store_true", help="only make the site")
    parser.add_argument("--members", type=int, default=24)
    parser.add_argument("--seconds", type=int, default=600)
    parser.add_argument("--processes", type=int, default=4)
    parser.add_argument("--scaling", action="store_true")
    parser.add_argument("--to", type=Path, help="a file for the figures as JSON")
    options = parser.parse_args()
    folder = options.site or Path(tempfile.mkdtemp(prefix="matinee-members-"))
    with kept_site(folder) as (environment, _):
        environment |= {
            "DJANGO_SETTINGS_MODULE": "moviesite.settings",
            "LOG_LEVEL": "ERROR",
            "OMP_NUM_THREADS": "1",
            "MATINEE_VAR": str(folder),
            "MATINEE_CONNECTIONS_PER_ADDRESS": "0",  # all members come from this machine
        }
        fill(environment, data_folder() / "movies-dataset-small")
        described = members_of(environment, folder)
        if options.prepare:
            return 0
        plans: dict[int, Steps] = {options.processes: [(options.members, options.seconds)]}
        if options.scaling:
            plans = dict.fromkeys((1, 2, 4), SCALING)
        figures = {}
        for processes, steps in plans.items():
            with site(environment | {"WEB_CONCURRENCY": str(processes)}) as (address, _):
                load(address, described, [WARM], folder)
                figures[processes] = load(address, described, steps, folder)
                show(processes, figures[processes])
    print(f"load average {os.getloadavg()[0]:.1f}")
    if options.to:
        options.to.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    return 1 if any(found["errors"] for found in figures.values()) else 0


def members_of(environment: dict[str, str], folder: Path) -> dict[str, Any]:
    described = folder / "members.json"
    command = [sys.executable, "-m", "tests.benchmarks.members_site", str(MOST_MEMBERS)]
    subprocess.run([*command, str(described)], env=environment, cwd=ROOT, check=True)
    read: dict[str, Any] = json.loads(described.read_text(encoding="utf-8"))
    return read


def load(address: str, described: dict[str, Any], steps: Steps, folder: Path) -> dict[str, Any]:
    """Have members at ``address``; what they met, for each step and each kind of action."""
    ends = np.cumsum([seconds for _, seconds in steps]).tolist()
    plan, record = folder / "load.json", folder / "requests.csv"
    asked = {
        **described,
        "steps": [(members, end) for (members, _), end in zip(steps, ends, strict=True)],
        "pause": PAUSE,
        "record": str(record),
    }
    plan.write_text(json.dumps(asked), encoding="utf-8")
    command = [sys.executable, "-m", "locust", "--locustfile", "tests/benchmarks/members_load.py"]
    command += ["--headless", "--host", address, "--loglevel", "WARNING", "--only-summary"]
    command += ["--stop-timeout", "30", "--exit-code-on-error", "0"]
    subprocess.run(
        command,
        cwd=ROOT,
        env={**os.environ, "MEMBERS_LOAD": str(plan)},
        check=True,
        stdout=subprocess.DEVNULL,
    )
    with record.open(newline="", encoding="utf-8") as file:
        return figures_of(list(csv.reader(file)), steps)


def figures_of(rows: list[list[str]], steps: Steps) -> dict[str, Any]:
    """Of rows of (seconds since the begin, kind, milliseconds, what was wrong)."""
    began = np.array([float(row[0]) for row in rows])
    kinds = np.array([row[1] for row in rows])
    times = np.array([float(row[2]) for row in rows])
    ends = np.cumsum([seconds for _, seconds in steps])
    step_of = np.searchsorted(ends, began, side="right")
    by_step = [
        {"members": members, **_figures(times[step_of == place], seconds)}
        for place, (members, seconds) in enumerate(steps)
    ]
    whole = int(ends[-1])
    return {
        "steps": by_step,
        "kinds": {kind: _figures(times[kinds == kind], whole) for kind in KINDS},
        "within": max(
            (one["per_second"] for one in by_step if one["requests"] and one["p99"] <= P99),
            default=0.0,
        ),
        "errors": dict(Counter(row[3] for row in rows if row[3])),
    }


def _figures(times: np.ndarray[Any, Any], seconds: int) -> dict[str, float]:
    if not len(times):
        return {"requests": 0, "per_second": 0.0}
    p50, p95, p99 = np.percentile(times, [50, 95, 99]).round(1).tolist()
    per_second = round(len(times) / seconds, 1)
    return {"requests": len(times), "per_second": per_second, "p50": p50, "p95": p95, "p99": p99}


def show(processes: int, found: dict[str, Any]) -> None:
    print(f"\n{processes} processes: {found['within']} requests a second at p99 <= {P99} ms")
    print("| | requests | per second | p50 ms | p95 ms | p99 ms |")
    print("| --- | --- | --- | --- | --- | --- |")
    rows = [(f"{one['members']} members", one) for one in found["steps"]]
    for name, one in [*rows, *found["kinds"].items()]:
        told = [one.get(key, "") for key in ("requests", "per_second", "p50", "p95", "p99")]
        print(f"| {name} | {' | '.join(map(str, told))} |")
    print(f"errors: {found['errors'] or 'none'}", flush=True)


if __name__ == "__main__":
    sys.exit(main())

"""Seconds and memory of each stage, by the number of ratings: what it takes to grow.

python -m tests.benchmarks.bench_scale [--millions 0.1 1] [--stages make import snapshot explicit
    sequence] [--to FILE] [--limits]

The ratings are synthetic (`manage.py make_ratings`). Each stage runs in a process of its own whose
resident memory is added up with that of its children twenty times a second; PostgreSQL is not in
it. What comes out is JSON: the machine, the stages, and the exponents of growth. With ``--limits``
the command fails where a stage took more memory than a small machine has for it.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

from .fresh_site import fresh_site
from .places import ROOT

STAGES = ("make", "import", "snapshot", "explicit", "sequence")
USERS, FILMS = 270_000, 45_000  # of 26 million ratings, as in The Movies Dataset
FULL = 26.0
SAMPLE_SECONDS = 0.05
# Megabytes at most, and more for each million ratings.
LIMITS = {
    "make": (350, 30),
    "import": (450, 25),
    "snapshot": (300, 30),
    "explicit": (900, 130),
    "sequence": (2300, 110),
}


def people_and_films(millions: float) -> tuple[int, int]:
    """As many people as in full, each with as many ratings, and films by the square root."""
    share = millions / FULL
    return max(100, round(USERS * share)), max(500, round(FILMS * share**0.5))


def measured(command: list[str], environment: dict[str, str] | None = None) -> dict[str, Any]:
    """What a command printed as its last line of JSON, its seconds and its peak in megabytes."""
    started = time.perf_counter()
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        env={**(environment or os.environ), "OMP_NUM_THREADS": "1"},
        stdout=subprocess.PIPE,
        text=True,
    )
    peak = 0
    while process.poll() is None:
        peak = max(peak, resident(process.pid))
        time.sleep(SAMPLE_SECONDS)
    printed = process.stdout.read() if process.stdout else ""
    if process.returncode:
        raise SystemExit(f"{' '.join(command)} ended with {process.returncode}")
    lines = [line for line in printed.splitlines() if line.startswith("{")]
    told = json.loads(lines[-1]) if lines else {}
    return {"seconds": time.perf_counter() - started, "peak_mb": peak / 1e6, **told}


def resident(root: int) -> int:
    """Bytes resident of a process and all that it started."""
    parents: dict[int, int] = {}
    pages: dict[int, int] = {}
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            fields = (entry / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue  # it has ended
        parents[int(entry.name)], pages[int(entry.name)] = int(fields[1]), int(fields[21])
    tree, waiting = set(), [root]
    while waiting:
        one = waiting.pop()
        tree.add(one)
        waiting += [child for child, parent in parents.items() if parent == one]
    return sum(pages.get(one, 0) for one in tree) * os.sysconf("SC_PAGE_SIZE")


def stages_of(millions: float, stages: list[str], folder: Path) -> dict[str, dict[str, Any]]:
    users, films = people_and_films(millions)
    manage = [sys.executable, str(ROOT / "manage.py")]
    own = [sys.executable, "-m", "tests.benchmarks.scale_stages"]
    sizes = [
        *("--users", str(users)),
        *("--movies", str(films)),
        *("--ratings", str(round(millions * 1e6))),
    ]
    found: dict[str, dict[str, Any]] = {}
    data = folder / f"synthetic-{millions:g}m"
    with fresh_site() as environment:
        made = measured([*manage, "make_ratings", str(data), *sizes], environment)
        if "make" in stages:
            found["make"] = made
        if {"import", "snapshot"} & set(stages):
            imported = measured([*manage, "import_dataset", str(data)], environment)
            if "import" in stages:
                found["import"] = imported
        if "snapshot" in stages:
            found["snapshot"] = measured([*own, "snapshot", str(data)], environment)
    measured([*own, "columns", str(data)])
    ratings = len(np.load(data / "user.npy", mmap_mode="r"))
    for kind in ("explicit", "sequence"):
        if kind in stages:
            found[kind] = measured([*own, kind, str(data)])
    for one in found.values():
        one["ratings"] = ratings
    return found


def exponents(sizes: dict[str, dict[str, dict[str, Any]]]) -> dict[str, dict[str, float]]:
    """By which power of the number of ratings each figure grows, where there are two sizes."""
    grown: dict[str, dict[str, float]] = {}
    for stage in STAGES:
        rows = [found[stage] for found in sizes.values() if stage in found]
        if len(rows) < 2:
            continue
        ratings = np.log([row["ratings"] for row in rows])
        grown[stage] = {
            name: round(float(np.polyfit(ratings, np.log([row[name] for row in rows]), 1)[0]), 2)
            for name in ("seconds", "peak_mb")
        }
    return grown


def beyond_limits(sizes: dict[str, dict[str, dict[str, Any]]]) -> list[str]:
    said = []
    for millions, found in sizes.items():
        for stage, one in found.items():
            base, more = LIMITS[stage]
            most = base + more * one["ratings"] / 1e6
            if one["peak_mb"] > most:
                said.append(f"{stage} of {millions}: {one['peak_mb']:.0f} MB, at most {most:.0f}")
    return said


def machine() -> dict[str, Any]:
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 1e9
    return {
        "cores": os.cpu_count(),
        "memory_gb": round(memory, 1),
        "architecture": platform.machine(),
        "python": platform.python_version(),
        "numpy": np.__version__,
        "load": [round(one, 1) for one in os.getloadavg()],
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--millions", type=float, nargs="+", default=[0.1, 1.0])
    parser.add_argument("--stages", nargs="+", choices=STAGES, default=list(STAGES))
    parser.add_argument("--to", type=Path, help="write the JSON there, too")
    parser.add_argument("--limits", action="store_true", help="fail beyond the limits of memory")
    options = parser.parse_args()
    sizes: dict[str, dict[str, dict[str, Any]]] = {}
    for millions in options.millions:
        with tempfile.TemporaryDirectory(prefix="matinee-scale-") as folder:
            name = f"{millions:g} million"
            sizes[name] = stages_of(millions, options.stages, Path(folder))
            print(json.dumps({name: sizes[name]}), file=sys.stderr, flush=True)
    result = {"machine": machine(), "synthetic": sizes, "exponents": exponents(sizes)}
    text = json.dumps(result, indent=2)
    print(text)
    if options.to:
        options.to.write_text(text + "\n")
    if options.limits and (said := beyond_limits(sizes)):
        raise SystemExit("; ".join(said))


if __name__ == "__main__":
    main()

"""Seconds and memory of each stage, by the number of ratings: what it takes to grow.

python -m tests.benchmarks.bench_scale [--millions 0.1 1] [--stages make import copy snapshot
    explicit sequence update site pages] [--keep FOLDER] [--to FILE [--resume]] [--draw [SVG]]
    [--limits]

The ratings are synthetic (`manage.py make_ratings`). Each stage runs in a process of its own whose
resident memory is added up with that of its children twenty times a second, after ten seconds
once; PostgreSQL is not in it, but its processor time is told. What comes out is JSON: the machine,
the stages, and the exponents of growth. Stages can be taken one by one, and far apart: ``--keep``
keeps the data and the site that they share, and figures that FILE has already stay there; FILE is
written as each stage ends, and ``--resume`` takes only those that it lacks. One thread, where
OMP_NUM_THREADS says no other number. With ``--limits`` the command fails where a stage took more
memory than a small machine has for it, or an import was slower than a share of a bare COPY.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from .fresh_site import kept_site
from .places import ROOT
from .scale_growth import FIGURE, drawing, exponents, table

STAGES = ("make", "import", "copy", "snapshot", "explicit", "sequence", "update", "site", "pages")
ON_SITE = ("import", "copy", "snapshot", "site", "pages")
USERS, FILMS = 270_000, 45_000  # of 26 million ratings, as in The Movies Dataset
FULL = 26.0
SAMPLE_SECONDS = 0.05
THREADS = os.environ.get("OMP_NUM_THREADS", "1")
# Megabytes at most, and more for each million ratings.
LIMITS = {
    "make": (350, 30),
    "import": (450, 20),
    "copy": (300, 5),
    "snapshot": (300, 27),
    "explicit": (750, 110),
    "sequence": (2300, 65),
    "update": (3000, 300),
    "site": (500, 30),
    "pages": (600, 30),
}
NO_SITE = {
    "SECRET_KEY": "only-for-measurements",
    "DATABASE_URL": "postgres://nobody@localhost/none",
    "REDIS_URL": "redis://localhost",
}
LAST_COLUMN = "second.npy"  # is there when all are
LEAST_OF_COPY = 0.6  # of a bare COPY's speed
SHARE_FROM = 5_000_000  # of fewer ratings the start of a process and the films count most


def people_and_films(millions: float) -> tuple[int, int]:
    """As many people as in full, each with as many ratings, and films by the square root."""
    share = millions / FULL
    return max(100, round(USERS * share)), max(500, round(FILMS * share**0.5))


def measured(command: list[str], environment: dict[str, str] | None = None) -> dict[str, Any]:
    """What a command printed as its last line of JSON, its seconds and its peak in megabytes."""
    started, before = time.perf_counter(), _processor()
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        env={**(environment or os.environ), "OMP_NUM_THREADS": THREADS},
        stdout=subprocess.PIPE,
        text=True,
    )
    peak = 0
    while process.poll() is None:
        peak = max(peak, resident(process.pid))
        time.sleep(SAMPLE_SECONDS if time.perf_counter() < started + 10 else 1.0)
    printed = process.communicate()[0]
    if process.returncode:
        raise SystemExit(f"{' '.join(command)} ended with {process.returncode}")
    lines = [line for line in printed.splitlines() if line.startswith("{")]
    told = json.loads(lines[-1]) if lines else {}
    return {
        "seconds": time.perf_counter() - started,
        "processor_seconds": _processor() - before,
        "peak_mb": peak / 1e6,
        "load": round(os.getloadavg()[0], 1),
        **told,
    }


def _processor() -> float:
    """Seconds on the processor of all children that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


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


def stages_of(
    millions: float,
    stages: list[str],
    folder: Path,
    tell: Callable[[str, dict[str, Any]], None] = lambda stage, figures: None,
) -> dict[str, dict[str, Any]]:
    """The figures of the stages, each told as it ends; the data and the site of ``folder`` are
    made where missing."""
    own = [sys.executable, "-m", "tests.benchmarks.scale_stages"]
    found: dict[str, dict[str, Any]] = {}
    data = folder / f"synthetic-{millions:g}m"

    def add(stage: str, figures: dict[str, Any]) -> None:
        figures["ratings"] = len(np.load(data / "user.npy", mmap_mode="r"))
        found[stage] = figures
        tell(stage, figures)

    made: dict[str, Any] = {}
    if "make" in stages or not data.exists():
        shutil.rmtree(data, ignore_errors=True)
        offline = {**os.environ, **NO_SITE}
        made = measured([*_manage("make_ratings"), str(data), *_sizes(millions)], offline)
    if not (data / LAST_COLUMN).exists():
        measured([*own, "columns", str(data)])
    if "make" in stages:
        add("make", made)
    if set(ON_SITE) & set(stages):
        _on_site(data, stages, folder / f"site-{millions:g}m", add)
    for kind in ("explicit", "sequence", "update"):
        if kind in stages:
            add(kind, measured([*own, kind, str(data)]))
    return found


def _on_site(
    data: Path, stages: list[str], var: Path, add: Callable[[str, dict[str, Any]], None]
) -> None:
    own = [sys.executable, "-m", "tests.benchmarks.scale_site"]
    is_new = not var.exists()
    with kept_site(var, anew="import" in stages) as (environment, database):
        if is_new or "import" in stages:
            with database_seconds(database) as used:
                imported = measured([*_manage("import_dataset"), str(data)], environment)
            if "import" in stages:
                add("import", imported | used)
        for stage in ("copy", "snapshot", "site", "pages"):
            if stage in stages:
                with database_seconds(database) as used:
                    one = measured([*own, stage], environment)
                add(stage, one | used)


@contextmanager
def database_seconds(postmaster: int) -> Iterator[dict[str, float]]:
    """Fills in what PostgreSQL spent on the processor meanwhile."""
    used: dict[str, float] = {}
    before = spent_by(postmaster)
    yield used
    used["database_processor_seconds"] = spent_by(postmaster) - before


def spent_by(postmaster: int) -> float:
    """Seconds on the processor of a process, its children, and those that it has waited for."""
    ticks = 0
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue  # it has ended
            if entry.name == str(postmaster):
                ticks += sum(map(int, fields[11:15]))
            elif fields[1] == str(postmaster):
                ticks += sum(map(int, fields[11:13]))
    return ticks / os.sysconf("SC_CLK_TCK")


def _manage(command: str) -> list[str]:
    return [sys.executable, str(ROOT / "manage.py"), command]


def _sizes(millions: float) -> list[str]:
    users, films = people_and_films(millions)
    ratings = round(millions * 1e6)
    return ["--users", str(users), "--movies", str(films), "--ratings", str(ratings)]


def beyond_limits(sizes: dict[str, dict[str, dict[str, Any]]]) -> list[str]:
    said = []
    for millions, found in sizes.items():
        for stage, one in found.items():
            base, more = LIMITS[stage]
            most = base + more * one["ratings"] / 1e6
            if one["peak_mb"] > most:
                said.append(f"{stage} of {millions}: {one['peak_mb']:.0f} MB, at most {most:.0f}")
        if "copy" in found and "import" in found:
            share = found["copy"]["copy_seconds"] / found["import"]["seconds"]
            found["import"]["share_of_copy"] = round(share, 3)
            if share < LEAST_OF_COPY and found["import"]["ratings"] > SHARE_FROM:
                said.append(f"the import of {millions} has {share:.0%} of the speed of a bare COPY")
    return said


def machine() -> dict[str, Any]:
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 1e9
    return {
        "cores": os.cpu_count(),
        "threads": int(THREADS),
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
    parser.add_argument("--keep", type=Path, help="keep data and sites in this folder")
    parser.add_argument("--to", type=Path, help="write the JSON there, too")
    parser.add_argument("--resume", action="store_true", help="take no stage that FILE has")
    parser.add_argument(
        "--draw", type=Path, nargs="?", const=FIGURE, metavar="SVG", help="draw processor seconds"
    )
    parser.add_argument("--limits", action="store_true", help="fail beyond the limits of memory")
    options = parser.parse_args()
    sizes: dict[str, dict[str, dict[str, Any]]] = {}
    if options.to and options.to.exists():
        sizes = json.loads(options.to.read_text())["synthetic"]
    for millions in options.millions:
        known = sizes.setdefault(f"{millions:g} million", {})

        def tell(stage: str, figures: dict[str, Any], known: dict[str, Any] = known) -> None:
            known[stage] = figures
            print(json.dumps({stage: figures}), file=sys.stderr, flush=True)
            _write(sizes, options.to)

        wanted = [one for one in options.stages if not (options.resume and one in known)]
        if not wanted:
            continue
        with tempfile.TemporaryDirectory(prefix="matinee-scale-") as temporary:
            folder = options.keep or Path(temporary)
            folder.mkdir(exist_ok=True)
            folder.chmod(0o755)  # as root, PostgreSQL runs as `nobody` and has to get in
            stages_of(millions, wanted, folder, tell)
    said = beyond_limits(sizes)
    print(_write(sizes, options.to))
    print(table(sizes), file=sys.stderr)
    if options.draw:
        options.draw.write_text(drawing(sizes))
    if options.limits and said:
        raise SystemExit("; ".join(said))


def _write(sizes: dict[str, dict[str, dict[str, Any]]], to: Path | None) -> str:
    """All that is known by now as JSON, into the file as a whole or not at all."""
    result = {"machine": machine(), "synthetic": sizes, "exponents": exponents(sizes)}
    text = json.dumps(result, indent=2)
    if to:
        part = to.with_name(f"{to.name}.part")
        part.write_text(text + "\n")
        part.replace(to)
    return text


if __name__ == "__main__":
    main()

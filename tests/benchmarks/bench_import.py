"""Seconds and memory that `manage.py import_dataset` takes, the first time and again.

python -m tests.benchmarks.bench_import [SOURCE]      (by default The Movies Dataset, small ratings)

The target for that one is 15 seconds and 500 MB on two cores. Memory is the largest resident set
of the command itself, without PostgreSQL.
"""

import os
import resource
import subprocess
import sys
import time

from .fresh_site import fresh_site
from .places import ROOT, data_folder


def main() -> None:
    source = sys.argv[1] if len(sys.argv) > 1 else str(data_folder() / "movies-dataset-small")
    command = [sys.executable, str(ROOT / "manage.py"), "import_dataset", source]
    with fresh_site() as environment:
        for run in ("first", "again"):
            before, started = used(), time.perf_counter()
            subprocess.run(command, env=environment, cwd=ROOT, check=True, capture_output=True)
            seconds, after = time.perf_counter() - started, used()
            processor = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
            # The kernel keeps one maximum for all children: that of migrate is in it too.
            print(
                f"{run}: {seconds:.1f} s, of which {processor:.1f} s on the processor in the "
                f"command; at most {after.ru_maxrss / 1024:.0f} MB resident"
            )
        load = ", ".join(f"{one:.1f}" for one in os.getloadavg())
        print(f"(machine: {os.cpu_count()} cores, load averages {load})")


def used() -> resource.struct_rusage:
    return resource.getrusage(resource.RUSAGE_CHILDREN)


if __name__ == "__main__":
    main()

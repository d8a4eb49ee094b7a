"""The small size of the benchmark of growth, with its limits of memory."""

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from recommender.learning.presets.memory import sequence_memory

from .bench_scale import LIMITS, ON_SITE, SHARE_FROM, beyond_limits
from .places import ROOT
from .scale_growth import DRAWN, drawing, exponents, table
from .scale_stages import update

SMALL, LARGE = "0.003", "0.03"
WITHOUT_SITE = ("make", "explicit")
ALL = (*WITHOUT_SITE, *ON_SITE, "sequence")

# Three runs of whole sites, for whichever test is first.
pytestmark = pytest.mark.timeout(1200)

Sizes = dict[str, dict[str, dict[str, Any]]]


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    """Where data and sites lie: the user of PostgreSQL has to get in."""
    with tempfile.TemporaryDirectory(prefix="matinee-scale-") as name:
        yield Path(name)


@pytest.fixture(scope="module")
def interrupted(folder: Path) -> Sizes:
    """What there is when a run has ended early."""
    return run(folder, [SMALL], ["make"])["synthetic"]


@pytest.fixture(scope="module")
def measured(folder: Path, interrupted: Sizes) -> Sizes:
    """Two sizes of what needs no site; of a site the larger one, whose memory tells most."""
    told = run(folder, [SMALL, LARGE], WITHOUT_SITE)
    assert told["machine"]["cores"] >= 1
    assert set(told["exponents"]) == set(WITHOUT_SITE)
    return run(folder, [LARGE], ALL, "--limits")["synthetic"]


def run(folder: Path, millions: list[str], stages: Iterable[str], *options: str) -> dict[str, Any]:
    """What is known after the command has gone on with these."""
    to = folder / "figures.json"
    command = [sys.executable, "-m", "tests.benchmarks.bench_scale", "--resume", "--to", str(to)]
    command += ["--keep", str(folder), "--millions", *millions, "--stages", *stages, *options]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(to.read_text())


def test_each_stage_stays_within_its_memory(measured: Sizes) -> None:
    small, large = measured[f"{SMALL} million"], measured[f"{LARGE} million"]
    assert (set(small), set(large)) == (set(WITHOUT_SITE), set(ALL))
    assert large["snapshot"]["bytes_a_rating"] <= 13
    assert large["copy"]["rows"] == large["import"]["ratings"]
    assert beyond_limits(measured) == []


def test_a_fit_of_what_comes_next_takes_less_than_was_foreseen(
    measured: Sizes, folder: Path
) -> None:
    found = measured[f"{LARGE} million"]["sequence"]
    data = folder / f"synthetic-{LARGE}m"
    sizes = (1 + int(np.load(data / f"{name}.npy").max()) for name in ("user", "item"))
    foreseen = sequence_memory(found["ratings"], *sizes)
    assert 1e6 * found["peak_mb"] < foreseen < 2e6 * found["peak_mb"]


def test_a_quick_update_is_judged_by_the_mean_of_several_seeds(
    interrupted: Sizes, folder: Path
) -> None:
    found = update(folder / f"synthetic-{SMALL}m", "explicit", seeds=2)
    for name in ("quick", "full"):
        by_seed = found[f"explicit_{name}_error_by_seed"]
        assert len(set(by_seed)) == 2
        assert found[f"explicit_{name}_error"] == pytest.approx(sum(by_seed) / 2)
    assert found["explicit_quick_share"] > 0
    assert not any(name.startswith("sequence") for name in found)


def test_a_run_goes_on_where_it_was_interrupted(interrupted: Sizes, measured: Sizes) -> None:
    before, after = (sizes[f"{SMALL} million"] for sizes in (interrupted, measured))
    assert set(before) == {"make"}
    assert set(after) == {"make", "explicit"}
    assert after["make"] == before["make"]


def test_the_growth_is_drawn(measured: Sizes) -> None:
    svg = drawing(measured)
    assert svg.count("<polyline") == len(DRAWN)
    assert "fit of stars" in svg


def test_what_takes_too_much_is_named() -> None:
    base, more = LIMITS["explicit"]
    found = {"explicit": {"peak_mb": base + more + 1, "ratings": 1_000_000.0}}
    (said,) = beyond_limits({"1 million": found})
    assert said.startswith("explicit of 1 million: ")


def test_a_slow_import_of_many_ratings_is_named() -> None:
    def found(ratings: float) -> dict[str, dict[str, float]]:
        return {
            "import": {"seconds": 20.0, "peak_mb": 1.0, "ratings": ratings},
            "copy": {"copy_seconds": 10.0, "peak_mb": 1.0, "ratings": ratings},
        }

    assert beyond_limits({"few": found(SHARE_FROM), "many": found(SHARE_FROM + 1.0)}) == [
        "the import of many has 50% of the speed of a bare COPY"
    ]


def test_powers_are_told_of_two_sizes() -> None:
    def stage(ratings: float) -> dict[str, dict[str, float]]:
        row = {"ratings": ratings, "seconds": ratings**2, "processor_seconds": 1.0, "peak_mb": 5.0}
        return {"make": row}

    grown = exponents({"a": stage(10.0), "b": stage(100.0)})
    assert grown == {"make": {"seconds": 2.0, "processor_seconds": 0.0, "peak_mb": 0.0}}


def test_the_table_tells_each_size_and_the_powers_once() -> None:
    def stage(ratings: int) -> dict[str, dict[str, float]]:
        row = {"ratings": ratings, "seconds": ratings / 10, "processor_seconds": 1.0}
        return {"make": {**row, "database_processor_seconds": 2.0, "peak_mb": 5.0}}

    lines = table({"b": stage(1000), "a": stage(10)}).splitlines()
    assert lines[2:] == [
        "| made up | 10 | 1.0 | 3.0 | 5 | 1.00, 0.00, 0.00 |",
        "|  | 1,000 | 100.0 | 3.0 | 5 |  |",
    ]

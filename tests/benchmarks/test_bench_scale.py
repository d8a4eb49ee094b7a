"""The small size of the benchmark of growth, with its limits of memory."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from recommender.learning.presets.memory import sequence_memory

from .bench_scale import LIMITS, ON_SITE, beyond_limits, stages_of
from .places import ROOT
from .scale_growth import drawing, exponents, table

SMALL = ("make", *ON_SITE, "explicit")


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, dict[str, float]]]:
    to = tmp_path_factory.mktemp("scale") / "figures.json"
    command = [sys.executable, "-m", "tests.benchmarks.bench_scale", "--limits", "--to", str(to)]
    sizes = ["--millions", "0.01", "0.03"]
    done = subprocess.run(
        [*command, *sizes, "--stages", *SMALL], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr[-2000:]
    told = json.loads(to.read_text())
    assert told["machine"]["cores"] >= 1
    assert set(told["exponents"]) == set(SMALL)
    return told["synthetic"]


def test_each_stage_stays_within_its_memory(
    measured: dict[str, dict[str, dict[str, float]]],
) -> None:
    for found in measured.values():
        assert set(found) == set(SMALL)
        assert found["snapshot"]["bytes_a_rating"] <= 13
        assert found["copy"]["rows"] == found["import"]["ratings"]
    assert beyond_limits(measured) == []


def test_a_fit_of_what_comes_next_takes_less_than_was_foreseen(tmp_path: Path) -> None:
    found = stages_of(0.03, ["sequence"], tmp_path)["sequence"]
    data = tmp_path / "synthetic-0.03m"
    sizes = (1 + int(np.load(data / f"{name}.npy").max()) for name in ("user", "item"))
    foreseen = sequence_memory(found["ratings"], *sizes)
    assert 1e6 * found["peak_mb"] < foreseen < 2e6 * found["peak_mb"]
    assert beyond_limits({"0.03 million": {"sequence": found}}) == []


def test_the_growth_is_drawn(
    measured: dict[str, dict[str, dict[str, float]]], tmp_path: Path
) -> None:
    svg = drawing(measured)
    assert svg.count("<polyline") == 4
    assert "fit of stars" in svg


def test_what_takes_too_much_is_named() -> None:
    base, more = LIMITS["explicit"]
    found = {"explicit": {"peak_mb": base + more + 1, "ratings": 1_000_000.0}}
    (said,) = beyond_limits({"1 million": found})
    assert said.startswith("explicit of 1 million: ")


def test_a_slow_import_is_named() -> None:
    ratings, peak = 1_000_000.0, 1.0
    found = {
        "import": {"seconds": 20.0, "peak_mb": peak, "ratings": ratings},
        "copy": {"copy_seconds": 10.0, "peak_mb": peak, "ratings": ratings},
    }
    assert beyond_limits({"1 million": found}) == [
        "the import of 1 million has 50% of the speed of a bare COPY"
    ]


def test_powers_are_told_of_two_sizes() -> None:
    def stage(ratings: float) -> dict[str, dict[str, float]]:
        row = {"ratings": ratings, "seconds": ratings**2, "processor_seconds": 1.0, "peak_mb": 5.0}
        return {"make": row}

    grown = exponents({"a": stage(10.0), "b": stage(100.0)})
    assert grown == {"make": {"seconds": 2.0, "processor_seconds": 0.0, "peak_mb": 0.0}}


def test_a_run_goes_on_where_it_was_interrupted(tmp_path: Path) -> None:
    to = tmp_path / "figures.json"
    command = [sys.executable, "-m", "tests.benchmarks.bench_scale", "--resume", "--to", str(to)]
    command += ["--keep", str(tmp_path), "--millions", "0.01", "--stages", "make"]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    first = json.loads(to.read_text())["synthetic"]["0.01 million"]
    subprocess.run([*command, "explicit"], cwd=ROOT, check=True, capture_output=True)
    second = json.loads(to.read_text())["synthetic"]["0.01 million"]
    assert second["make"] == first["make"]
    assert set(second) == {"make", "explicit"}


def test_the_table_tells_each_size_and_the_powers_once() -> None:
    def stage(ratings: int) -> dict[str, dict[str, float]]:
        row = {"ratings": ratings, "seconds": ratings / 10, "processor_seconds": 1.0}
        return {"make": {**row, "database_processor_seconds": 2.0, "peak_mb": 5.0}}

    lines = table({"b": stage(1000), "a": stage(10)}).splitlines()
    assert lines[2:] == [
        "| made up | 10 | 1.0 | 3.0 | 5 | 1.00, 0.00, 0.00 |",
        "|  | 1,000 | 100.0 | 3.0 | 5 |  |",
    ]

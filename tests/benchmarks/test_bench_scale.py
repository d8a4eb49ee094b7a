"""A fit of each preset stays within its memory, and the benchmark's arithmetic is right."""

import sys
from pathlib import Path

import pytest

from recommender.learning.datasets.movielens_files import write_movielens

from .bench_scale import beyond_limits, exponents, measured, people_and_films


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("scale") / "synthetic"
    write_movielens(folder, users=520, movies=1500, ratings=40_000, seed=1, noise=0.75)
    measured([sys.executable, "-m", "tests.benchmarks.scale_stages", "columns", str(folder)])
    return folder


@pytest.mark.parametrize("kind", ["explicit", "sequence"])
def test_a_small_fit_stays_within_the_limits_of_memory(small: Path, kind: str) -> None:
    command = [sys.executable, "-m", "tests.benchmarks.scale_stages", kind, str(small)]
    found = {kind: {"ratings": 40_000, **measured(command)}}
    assert found[kind]["peak_mb"] > 50
    assert beyond_limits({"0.04 million": found}) == []


def test_exponents_are_those_of_the_growth() -> None:
    def at(ratings: int) -> dict[str, dict[str, float]]:
        return {"import": {"ratings": ratings, "seconds": ratings**1.5, "peak_mb": 100.0}}

    found = exponents({"1": at(1000), "2": at(10_000), "3": at(100_000)})
    assert found == {"import": {"seconds": 1.5, "peak_mb": 0.0}}
    assert exponents({"1": at(1000)}) == {}


def test_what_takes_too_much_is_named() -> None:
    found = {"1 million": {"snapshot": {"ratings": 10**6, "seconds": 1.0, "peak_mb": 9000.0}}}
    assert beyond_limits(found) == ["snapshot of 1 million: 9000 MB, at most 330"]


def test_the_full_size_is_that_of_the_movies_dataset() -> None:
    assert people_and_films(26.0) == (270_000, 45_000)

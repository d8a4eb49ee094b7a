"""The short form of the load of members, on a real web process: no request fails."""

from pathlib import Path

import pytest

from tests.benchmarks.bench_members import KINDS, figures_of, load
from tests.benchmarks.members_site import describe
from tests.faults.conftest import Processes, artifacts, fresh_process, processes, rated_world
from tests.faults.test_swapping_under_load import collect_static
from tests.recommender.world import World

__all__ = ["artifacts", "fresh_process", "processes", "rated_world"]


@pytest.mark.services
def test_members_are_answered(processes: Processes, rated_world: World, tmp_path: Path) -> None:
    rated_world.publish()
    collect_static(processes)
    address = processes.web("web")
    found = load(address, describe(4), [(4, 6)], tmp_path)
    assert found["errors"] == {}
    assert all(found["kinds"][kind]["requests"] for kind in KINDS), found
    assert found["steps"][0]["requests"] > 20


def test_what_was_wrong_and_how_long_it_took_is_told_for_each_step() -> None:
    rows = [["0.5", "browse", "10", ""], ["1.0", "rate", "20", ""], ["3.0", "rate", "900", "500"]]
    found = figures_of(rows, [(2, 2), (4, 2)])
    assert [one["requests"] for one in found["steps"]] == [2, 1]
    assert found["within"] == 1.0  # the second step is too slow
    assert found["kinds"]["rate"] == {
        "requests": 2,
        "per_second": 0.5,
        "p50": 460.0,
        "p95": 856.0,
        "p99": 891.2,
    }
    assert found["errors"] == {"500": 1}

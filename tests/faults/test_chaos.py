"""A short trial of `tests.faults.chaos`; ``make chaos`` holds a long one."""

from pathlib import Path

import pytest

from tests.faults.chaos.ledger import Ledger
from tests.faults.chaos.trial import Trial
from tests.faults.local_run import READY, free_port, local_run, write_small_dataset
from tests.faults.small_disk import small_disk
from tests.passable import passable_folder

FAULTS = 6
SEED = 20


def test_a_ledger_tells_what_was_lost_doubled_or_came_back() -> None:
    ledger = Ledger()
    for value in (1, 2, 3):
        attempt = ledger.try_value("a film", value)
        if value < 3:
            ledger.acknowledge_value("a film", attempt)
    assert ledger.wrong_values({"a film": 2}) == []
    assert ledger.wrong_values({"a film": 3}) == []  # its answer never came
    assert ledger.wrong_values({"a film": 1})
    assert ledger.wrong_values({})
    ledger.try_adding("unanswered")
    ledger.try_adding("told")
    ledger.acknowledge_adding("told")
    assert ledger.wrong_additions({"told": 1}) == []
    assert ledger.wrong_additions({"told": 1, "unanswered": 1}) == []
    assert ledger.wrong_additions({"told": 2})
    assert ledger.wrong_additions({"told": 1, "unanswered": 2})
    assert ledger.wrong_additions({})


@pytest.mark.services
def test_nothing_that_was_acknowledged_is_lost() -> None:
    with passable_folder() as folder, small_disk(folder, megabytes=1500) as mounted:
        dataset = write_small_dataset(folder / "dataset")
        port = free_port()
        with local_run(folder / "var", port=port, MATINEE_DATASET=str(dataset)) as run:
            run.wait_for(READY)
            disk: Path | None = folder if mounted else None
            report = Trial(run, disk=disk, seed=SEED).hold(FAULTS, tell=print)
    print(report)
    assert report["wrong"] == []
    assert report["imported"]
    assert report["acknowledged"] > 50

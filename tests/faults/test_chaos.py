"""What a ledger tells: ``test_supervisor.py`` and ``make chaos`` hold trials with one."""

from tests.faults.chaos.ledger import Ledger


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

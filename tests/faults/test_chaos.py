"""What a ledger tells: ``test_supervisor.py`` and ``make chaos`` hold trials with one."""

from pathlib import Path

from tests.faults.chaos.ledger import Ledger
from tests.faults.chaos.logs import internal_errors


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


def test_internal_errors_are_told_with_what_raised_them(tmp_path: Path) -> None:
    log = tmp_path / "web.log"
    log.write_text(
        "2026-11-29T19:20:48Z [error] Internal Server Error: /movies/7/ [django.request]\n"
        "Traceback (most recent call last):\n"
        "psycopg2.DatabaseError: no message\n"
        "The above exception was the direct cause of the following exception:\n"
        "django.db.utils.DatabaseError: no message\n"
        "\n"
        "2026-11-29T19:20:48Z [error] Service Unavailable: /seen/ [django.request]\n"
        "django.db.utils.OperationalError: gone\n"
    )
    assert internal_errors(log) == {"/movies/N/: django.db.utils.DatabaseError: no message": 1}

"""Schemathesis goes from one operation to the next, with what the answers before have told.

The description has no links: it finds by the names and forms of what is sent and answered that
a list made here can be read, filled and deleted there. What is deleted has to be gone, and what is
made has to be there.
"""

from __future__ import annotations

import collections
from typing import Any

import pytest
from django.core.cache import cache
from django.db import transaction
from hypothesis.stateful import run_state_machine_as_test
from schemathesis import BaseSchema

from tests.fuzz import CASES, drawn

WALKS = CASES * 2 // 3
STEPS = 8
# Walks over all operations seldom meet the same thing twice; those among few do.
AMONG = {
    "all": r"/",
    "films": r"/movies|/me/(ratings|seen|watchlist|hidden)",
    "lists": r"/movies$|/me/lists",
    "diary": r"/movies$|/me/diary",
    "imports": r"/me/imports",
}
SETTINGS = drawn(WALKS, stateful_step_count=STEPS)


@pytest.mark.timeout(0 if CASES > 100 else 900)
@pytest.mark.parametrize("paths", AMONG.values(), ids=AMONG)
def test_each_step_of_a_walk_is_answered_as_described(
    paths: str, bearer: dict[str, str], described: BaseSchema
) -> None:
    asked: collections.Counter[int] = collections.Counter()
    base: Any = described.include(path_regex=paths).as_state_machine()

    class Walk(base):  # type: ignore[misc]
        def setup(self) -> None:
            cache.clear()
            self.beginning = transaction.atomic()
            self.beginning.__enter__()

        def teardown(self) -> None:
            transaction.set_rollback(True)
            self.beginning.__exit__(None, None, None)
            super().teardown()

        def get_call_kwargs(self, case: Any) -> dict[str, Any]:
            return {"headers": bearer}

        def validate_response(self, response: Any, case: Any, **sent: Any) -> None:
            asked[response.status_code] += 1
            case.validate_response(
                response, headers=bearer, transport_kwargs=sent, recorder=self.recorder
            )

    run_state_machine_as_test(Walk, settings=SETTINGS)
    print(f"{asked.total()} steps, by status {dict(asked)}")
    assert asked.total() > 5 * WALKS
    assert sum(asked[status] for status in (200, 201, 202, 204)) > WALKS

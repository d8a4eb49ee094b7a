"""Schemathesis asks each operation what its description allows, and what it does not."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.cache import cache
from hypothesis import given
from schemathesis import BaseSchema, GenerationMode
from schemathesis.core.failures import FailureGroup
from schemathesis.errors import InvalidSchema

from tests.fuzz import CASES, drawn

SETTINGS = drawn(CASES)


@pytest.mark.timeout(0 if CASES > 100 else 900)
def test_each_operation_answers_as_described(bearer: dict[str, str], described: BaseSchema) -> None:
    failed: dict[str, str] = {}
    asked = 0
    for found in described.get_all_operations():
        operation = found.ok()
        for mode in GenerationMode:
            try:
                asked += ask(operation, mode, bearer)
            except FailureGroup as error:
                failed[f"{operation.label} {mode.value}"] = "\n".join(
                    f"{one.title}: {one.message}" for one in error.exceptions
                )
            except InvalidSchema as error:
                failed[operation.label] = str(error)
    print(f"{asked} cases")
    assert asked > 100 * CASES
    assert failed == {}, "\n\n".join(f"{name}\n{text}" for name, text in failed.items())


def ask(operation: Any, mode: GenerationMode, headers: dict[str, str]) -> int:
    """Returns how many cases there were."""
    asked = 0

    @SETTINGS
    @given(case=operation.as_strategy(generation_mode=mode))
    def send(case: Any) -> None:
        nonlocal asked
        asked += 1
        cache.clear()
        case.call_and_validate(headers=headers)

    send()
    return asked

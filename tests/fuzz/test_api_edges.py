"""Schemathesis asks for the edges of what each operation describes, and for what lies just beyond.

These cases are no draws: they are the same each time, and as many as the description gives rise to.
"""

from __future__ import annotations

import collections
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import cache
from django.db import transaction
from schemathesis import BaseSchema, GenerationMode
from schemathesis.core.failures import FailureGroup

CASES_AT_LEAST = 2000


@pytest.mark.timeout(900)
def test_the_edges_of_each_operation_are_answered_as_described(
    bearer: dict[str, str], described: BaseSchema
) -> None:
    failed: dict[str, str] = {}
    asked: collections.Counter[int] = collections.Counter()
    for case in edges(described):
        cache.clear()
        try:
            with transaction.atomic():
                asked[case.call_and_validate(headers=bearer).status_code] += 1
                transaction.set_rollback(True)
        except FailureGroup as error:
            failed[case.as_curl_command()] = "\n".join(
                f"{one.title}: {one.message}" for one in error.exceptions
            )
    print(f"{asked.total()} cases, by status {dict(asked)}")
    assert asked.total() + len(failed) > CASES_AT_LEAST
    assert failed == {}, "\n\n".join(f"{name}\n{text}" for name, text in failed.items())


def edges(described: BaseSchema) -> Iterator[Any]:
    for found in described.get_all_operations():
        operation = found.ok()
        generation = described.config.generation_for(operation=operation, phase="coverage")
        yield from described.iter_coverage_cases(
            operation, generation_modes=list(GenerationMode), generation_config=generation
        )

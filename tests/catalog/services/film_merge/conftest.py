"""Everything in the database, as one value that can be compared."""

from collections import Counter
from typing import Any

import pytest
from django.apps import apps
from django.db import connection

from catalog.models import FilmMerge, MergedRow

OF_MERGES = {FilmMerge._meta.db_table, MergedRow._meta.db_table}


def everything() -> dict[str, Counter[str]]:
    """Each row of each table but those in which merges are kept."""
    found: dict[str, Counter[str]] = {}
    with connection.cursor() as cursor:
        for model in apps.get_models(include_auto_created=True):
            table = model._meta.db_table
            if table not in OF_MERGES and model._meta.managed:
                cursor.execute(f'SELECT to_jsonb(t)::text FROM "{table}" t')  # noqa: S608
                found[table] = Counter(text for (text,) in cursor.fetchall())
    return found


@pytest.fixture
def snapshot() -> Any:
    return everything

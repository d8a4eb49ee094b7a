"""Words that are like others, where the database has trigrams."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Literal

from django.db import connection, transaction


@cache
def has_trigrams() -> bool:
    """Some embedded servers are built without pg_trgm."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT FROM pg_extension WHERE extname = 'pg_trgm')")
        return bool(cursor.fetchone()[0])


@contextmanager
def similarity_of(kind: Literal["word", "strict_word"], least: float) -> Iterator[None]:
    """From 0 to 1, how like two texts have to be inside the block for ``<%`` or ``<<%``."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            name = f"pg_trgm.{kind}_similarity_threshold"
            cursor.execute("SELECT set_config(%s, %s, true)", [name, str(least)])
        yield

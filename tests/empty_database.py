"""A database without tables, in which migrations run from nothing."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection


@contextmanager
def empty_database() -> Iterator[None]:
    """In place of the tests' own while the block runs, which is spared the way back and forth.

    For tests that may commit (``django_db(transaction=True)``).
    """
    own, other = connection.settings_dict["NAME"], f"empty_{uuid.uuid4().hex[:8]}"
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {other} TEMPLATE template0")
    try:
        connection.close()
        connection.settings_dict["NAME"] = other
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = own
        with connection.cursor() as cursor:
            cursor.execute(f"DROP DATABASE {other} WITH (FORCE)")

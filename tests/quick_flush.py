"""Emptying the database after a test that commits, as ``flush`` does, in less time.

Django's command truncates every table and then makes the rows of ``post_migrate`` anew. Here only
tables with rows are emptied, and what the first such flush left is copied back.
"""

from __future__ import annotations

import io

from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command
from django.core.management.color import no_style
from django.db import connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.test import TransactionTestCase

SMALL = 1 << 20
"""Bytes of a table whose rows are deleted; a larger one is truncated, lest dead rows stay."""

Rows = dict[tuple[str, str], str]  # of a table and its columns: the text of COPY

_left: dict[str, Rows] = {}  # of each database: what flush leaves


def quick_teardown(self: TransactionTestCase) -> None:
    """In place of ``TransactionTestCase._fixture_teardown``."""
    if self.available_apps is not None or self.serialized_rollback:
        _django_teardown(self)
        return
    for alias in self._databases_names(include_mirrors=False):  # type: ignore[attr-defined]
        empty(alias)


_django_teardown = TransactionTestCase._fixture_teardown  # type: ignore[attr-defined]


def empty(alias: str) -> None:
    connection = connections[alias]
    name = str(connection.settings_dict["NAME"])
    if connection.vendor != "postgresql" or not _superuser(connection) or name not in _left:
        call_command("flush", verbosity=0, interactive=False, database=alias, reset_sequences=False)
        _left[name] = _rows(connection)
        return
    with transaction.atomic(using=alias), connection.cursor() as cursor:
        tables = _tables(connection)
        # As TRUNCATE does, this waits for whoever still writes.
        cursor.execute(f"LOCK TABLE {', '.join(map(_quoted, tables))} IN ACCESS EXCLUSIVE MODE")
        filled = _filled(connection, tables)
        if any(size > SMALL for size in filled.values()):
            for line in connection.ops.sql_flush(no_style(), tables):
                cursor.execute(line)
        else:
            cursor.execute("SET LOCAL session_replication_role = replica")  # in whatever order
            for table in filled:
                cursor.execute(f"DELETE FROM {_quoted(table)}")  # noqa: S608
            cursor.execute("SET LOCAL session_replication_role = origin")
        for (table, columns), rows in _left[name].items():
            cursor.copy_expert(f"COPY {_quoted(table)} ({columns}) FROM STDIN", io.StringIO(rows))
    ContentType.objects.clear_cache()


def _superuser(connection: BaseDatabaseWrapper) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SHOW is_superuser")
        return bool(cursor.fetchone()[0] == "on")


def _tables(connection: BaseDatabaseWrapper) -> list[str]:
    names = connection.introspection.django_table_names(only_existing=True, include_views=False)
    return [str(name) for name in names]


def _filled(connection: BaseDatabaseWrapper, tables: list[str]) -> dict[str, int]:
    """The tables that have rows, with their sizes in bytes."""
    query = " UNION ALL ".join(
        f"SELECT '{table}', pg_relation_size('{_quoted(table)}')"  # noqa: S608
        f" WHERE EXISTS (SELECT FROM {_quoted(table)})"
        for table in tables
    )
    with connection.cursor() as cursor:
        cursor.execute(query)
        return dict(cursor.fetchall())


def _rows(connection: BaseDatabaseWrapper) -> Rows:
    found: Rows = {}
    with connection.cursor() as cursor:
        for table in _filled(connection, _tables(connection)):
            described = connection.introspection.get_table_description(cursor, table)
            columns = ", ".join(_quoted(column.name) for column in described)
            text = io.StringIO()
            cursor.copy_expert(f"COPY {_quoted(table)} ({columns}) TO STDOUT", text)
            found[table, columns] = text.getvalue()
    return found


def _quoted(name: str) -> str:
    return f'"{name}"'

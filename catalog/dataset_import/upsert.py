"""Upsert: the one statement that inserts, updates and counts, whatever the table."""

from typing import Any

from catalog.datasets.report import Report

from .preview import count_changes


def upsert(
    cursor: Any,
    report: Report,
    kind: str,
    *,
    table: str,
    key: str,
    columns: tuple[str, ...],
    source: str,
    params: list[Any] | None = None,
    on_insert: dict[str, str] | None = None,
    on_update: dict[str, str] | None = None,
) -> int:
    """Insert what is new, update what differs, leave all else untouched, and count the three.

    Returns how many different rows there were. For a preview they are counted only.

    ``source`` selects the key, the columns, and ``row_no``, in whose order rows are inserted.
    Rows that are equal already are taken out before the insert: a conflict would lock them, and
    burn a number of the id sequence for each.
    """
    if report.preview:
        return count_changes(
            cursor,
            report,
            kind,
            table=table,
            key=key,
            columns=columns,
            source=source,
            params=params,
        )
    on_insert, on_update = on_insert or {}, on_update or {}
    keys = key.split(", ")
    same_key = " AND ".join(f"old.{name} = new.{name}" for name in keys)
    equal = " AND ".join(f"old.{name} IS NOT DISTINCT FROM new.{name}" for name in columns)
    differs = " OR ".join(f"{table}.{name} IS DISTINCT FROM EXCLUDED.{name}" for name in columns)
    updates = [f"{name} = EXCLUDED.{name}" for name in columns]
    updates += [f"{name} = {value}" for name, value in on_update.items()]
    names = ", ".join([*keys, *columns])
    cursor.execute(
        f"""
        WITH new AS MATERIALIZED ({source}), written AS (
            INSERT INTO {table} ({", ".join([names, *on_insert])})
            SELECT {", ".join([*(f"new.{n}" for n in [*keys, *columns]), *on_insert.values()])}
            FROM new
            WHERE NOT EXISTS (SELECT FROM {table} old WHERE {same_key} AND {equal})
            ORDER BY new.row_no
            ON CONFLICT ({key}) DO UPDATE SET {", ".join(updates)} WHERE {differs}
            RETURNING xmax = 0 AS inserted)
        SELECT count(*) FILTER (WHERE inserted), count(*) FILTER (WHERE NOT inserted),
               (SELECT count(*) FROM new) FROM written
        """,  # noqa: S608
        params,
    )
    count = report.count(kind)
    loaded, updated, distinct = cursor.fetchone()
    count.loaded, count.updated = count.loaded + loaded, count.updated + updated
    count.read = count.read or distinct  # what a reader has counted in the file stands
    return int(distinct)

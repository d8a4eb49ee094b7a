"""What an import would write: counted by the statements that would write it."""

import json
from datetime import UTC, datetime
from typing import Any

from catalog.datasets.report import Report

from .rating_spool import Ratings

SHOWN = 10
# Kept for the search, and no news to anybody.
DERIVED = ("search_title",)


def count_changes(
    cursor: Any,
    report: Report,
    kind: str,
    *,
    table: str,
    key: str,
    columns: tuple[str, ...],
    source: str,
    params: list[Any] | None = None,
) -> int:
    """Count what `upsert` would insert and update, and of which columns; returns the rows."""
    keys = key.split(", ")
    same_key = " AND ".join(f"old.{name} = new.{name}" for name in keys)
    equal = " AND ".join(f"old.{name} IS NOT DISTINCT FROM new.{name}" for name in columns)
    known = f"old.{keys[0]} IS NOT NULL"
    by_column = "".join(
        f", count(*) FILTER (WHERE {known} AND old.{name} IS DISTINCT FROM new.{name})"
        for name in columns
    )
    cursor.execute(
        f"""
        WITH new AS MATERIALIZED ({source})
        SELECT count(*) FILTER (WHERE NOT {known}),
               count(*) FILTER (WHERE {known} AND NOT ({equal})), count(*) {by_column}
        FROM new LEFT JOIN {table} old ON {same_key}
        """,  # noqa: S608
        params,
    )
    loaded, updated, distinct, *changed = cursor.fetchone()
    count = report.count(kind)
    count.loaded, count.updated = count.loaded + loaded, count.updated + updated
    count.read = count.read or distinct
    for name, number in zip(columns, changed, strict=True):
        if number and name not in DERIVED:
            column = f"{kind}: {name}"
            report.changes[column] = report.changes.get(column, 0) + number
    if kind == "movies" and updated:
        _show_changes(cursor, report, columns, source, same_key, equal)
    return int(distinct)


def _show_changes(
    cursor: Any, report: Report, columns: tuple[str, ...], source: str, same_key: str, equal: str
) -> None:
    cursor.execute(
        f"""
        WITH new AS MATERIALIZED ({source})
        SELECT old.title, to_jsonb(old)::text, to_jsonb(new)::text
        FROM new JOIN catalog_movie old ON {same_key} WHERE NOT ({equal})
        ORDER BY new.row_no LIMIT {SHOWN}
        """  # noqa: S608
    )
    rows = report.samples.setdefault("changes", [])
    for title, before, after in cursor.fetchall():
        old, new = json.loads(before), json.loads(after)
        for name in columns:
            if old[name] != new[name] and name not in DERIVED:
                rows.append([title, name, _shown(old[name]), _shown(new[name])])


def show_first_rows(cursor: Any, report: Report, item_key: str, ratings: Ratings) -> None:
    """The first films and ratings as they were understood."""
    cursor.execute(
        f"""SELECT title, year, movielens_id, imdb_id, tmdb_id FROM stage_movie
            ORDER BY row_no LIMIT {SHOWN}"""  # noqa: S608
    )
    report.samples["films"] = [[_shown(cell) for cell in row] for row in cursor.fetchall()]
    cursor.execute(
        f"SELECT {item_key}, title FROM stage_movie WHERE {item_key} = ANY(%s)",  # noqa: S608
        [ratings["item"].tolist()],
    )
    titles = dict(cursor.fetchall())
    report.samples["ratings"] = [
        [
            str(rater),
            titles.get(item, ""),
            f"{half_stars / 2:.1f}",
            f"{datetime.fromtimestamp(time, UTC):%Y-%m-%d %H:%M}",
        ]
        for rater, item, half_stars, time in ratings.tolist()
    ]


def _shown(value: object) -> str:
    return "" if value is None else str(value)[:120]

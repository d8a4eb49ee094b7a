"""Merges two films in one transaction, and keeps what undoing it needs.

By statements on whole tables: a film may have a hundred thousand ratings. The count and sum of
ratings follow by their trigger (migration 0002).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from catalog.models import DistinctFilms, FilmAlias, FilmMerge, Movie
from catalog.services.provenance import locked_fields
from catalog.services.ratings import announce
from catalog.signals import films_changed

from .rules import FILLED_COLUMNS, Rule, ruled_tables

_KEEP = 'INSERT INTO catalog_mergedrow (merge_id, "table", row_id, owner_id, before, after) '
_IDS = ("movielens_id", "ml_100k_id", "imdb_id", "tmdb_id")


class MergeError(ValueError):
    """The two cannot be merged, or a merge cannot be taken back; the message says why."""


def merge_films(kept: Movie, gone: Movie, *, editor_id: int | None) -> FilmMerge:
    """Make ``gone`` a part of ``kept``, with everything that hangs on it. Raises MergeError."""
    if kept.pk == gone.pk:
        raise MergeError("a film cannot be merged with itself")
    with transaction.atomic():
        films = Movie.objects.select_for_update().order_by("pk").in_bulk([kept.pk, gone.pk])
        if len(films) < 2:
            raise MergeError("one of the two films is not there any more")
        kept, gone = films[kept.pk], films[gone.pk]
        merge = FilmMerge.objects.create(
            kept_id=kept.pk,
            gone_id=gone.pk,
            kept_title=str(kept),
            gone_title=str(gone),
            editor_id=editor_id,
        )
        locked = locked_fields(kept)
        columns = {name: getattr(gone, name) for name in FILLED_COLUMNS if name not in locked}
        columns = {name: value for name, value in columns.items() if _fills(kept, name, value)}
        parts = _parts_to_move(kept, gone, locked)
        values = {
            "merge": merge.pk,
            "kept": kept.pk,
            "gone": gone.pk,
            "filled": [*columns, *parts],
        }
        _note_alias(kept, gone, merge)
        with connection.cursor() as cursor:
            for model, rule in ruled_tables():
                _merge_table(cursor, model._meta.db_table, rule, values)
            _replace_suggestions(cursor, values)
            _fill_columns(cursor, kept, columns, values)
            _remove_film(cursor, values)
        tell()
    return merge


def say_distinct(one_id: int, other_id: int, *, editor_id: int | None) -> None:
    """Remember that two films are not one."""
    first, second = sorted((one_id, other_id))
    DistinctFilms.objects.get_or_create(
        first_id=first, second_id=second, defaults={"editor_id": editor_id}
    )


def tell() -> None:
    announce(None)
    films_changed.send(Movie)


def _fills(kept: Movie, name: str, value: Any) -> bool:
    return getattr(kept, name) in (None, "") and value not in (None, "")


def _parts_to_move(kept: Movie, gone: Movie, locked: frozenset[str]) -> list[str]:
    """Parts that the one film has and the other lacks."""
    moved = []
    for model, rule in ruled_tables():
        if rule.part and rule.part not in locked:
            rows = model._default_manager.order_by()
            if not rows.filter(movie=kept.pk).exists() and rows.filter(movie=gone.pk).exists():
                moved.append(rule.part)
    return moved


def _note_alias(kept: Movie, gone: Movie, merge: FilmMerge) -> None:
    """Old addresses and ids lead to the film that stays."""
    link = getattr(gone, "link", None)
    ids = {name: getattr(link, name, None) for name in _IDS}
    FilmAlias.objects.create(movie=kept, former_id=gone.pk, **ids)


def _merge_table(cursor: Any, table: str, rule: Rule, values: Mapping[str, Any]) -> None:
    if rule.drop:
        _drop(cursor, table, rule, f"t.movie_id IN (%(kept)s, %(gone)s) AND ({rule.drop})", values)
    if rule.forget or (rule.part and rule.part not in values["filled"]):
        _drop(cursor, table, rule, "t.movie_id = %(gone)s", values)
        return
    if rule.key is not None:
        _merge_pairs(cursor, table, rule, values)
    _move(cursor, table, rule, values)


def _merge_pairs(cursor: Any, table: str, rule: Rule, values: Mapping[str, Any]) -> None:
    """Of two rows with the same key one is dropped, and the other completed by it."""
    groups = f"PARTITION BY {', '.join(f't.{name}' for name in rule.key)}" if rule.key else ""
    cursor.execute(
        f"""
        CREATE TEMPORARY TABLE merge_pair ON COMMIT DROP AS
        SELECT kept_row, id AS dropped_row FROM (
            SELECT t.id, first_value(t.id) OVER ({groups} ORDER BY {rule.prefer}) AS kept_row
            FROM {table} t WHERE t.movie_id IN (%(kept)s, %(gone)s)) pairs
        WHERE id <> kept_row
        """,  # noqa: S608
        values,
    )
    if rule.fill:
        new = ", ".join(f"{value} AS {name}" for name, value in rule.fill.items())
        old = ", ".join(f"k.{name}" for name in rule.fill)
        cursor.execute(
            f"""
            CREATE TEMPORARY TABLE merge_fill ON COMMIT DROP AS
            SELECT k.id AS filled_row, {new}
            FROM merge_pair p JOIN {table} k ON k.id = p.kept_row
            JOIN {table} d ON d.id = p.dropped_row
            WHERE ({old}) IS DISTINCT FROM ({", ".join(rule.fill.values())})
            """  # noqa: S608
        )
    _drop(cursor, table, rule, "t.id IN (SELECT dropped_row FROM merge_pair)", values)
    if rule.fill:
        _apply_fill(cursor, table, rule, values)
        cursor.execute("DROP TABLE merge_fill")
    cursor.execute("DROP TABLE merge_pair")


def _apply_fill(cursor: Any, table: str, rule: Rule, values: Mapping[str, Any]) -> None:
    """After the drop, since a unique id can only be taken over when it is free."""

    def as_json(alias: str) -> str:
        pairs = ", ".join(f"'{name}', {alias}.{name}" for name in rule.fill)
        return f"jsonb_build_object({pairs})"

    cursor.execute(
        f"""
        {_KEEP} SELECT %(merge)s, '{table}', t.id, {rule.owner}, {as_json("t")}, {as_json("f")}
        FROM merge_fill f JOIN {table} t ON t.id = f.filled_row
        """,  # noqa: S608
        values,
    )
    assignments = ", ".join(f"{name} = f.{name}" for name in rule.fill)
    cursor.execute(
        f"UPDATE {table} t SET {assignments} FROM merge_fill f WHERE t.id = f.filled_row"  # noqa: S608
    )


def _drop(cursor: Any, table: str, rule: Rule, which: str, values: Mapping[str, Any]) -> None:
    cursor.execute(
        f"""
        {_KEEP} SELECT %(merge)s, '{table}', t.{rule.row}, {rule.owner}, to_jsonb(t), NULL
        FROM {table} t WHERE {which}
        """,  # noqa: S608
        values,
    )
    if cursor.rowcount:
        cursor.execute(f"DELETE FROM {table} t WHERE {which}", values)  # noqa: S608


def _move(cursor: Any, table: str, rule: Rule, values: Mapping[str, Any]) -> None:
    cursor.execute(
        f"""
        {_KEEP} SELECT %(merge)s, '{table}', t.id, {rule.owner},
            jsonb_build_object('movie_id', %(gone)s), jsonb_build_object('movie_id', %(kept)s)
        FROM {table} t WHERE t.movie_id = %(gone)s
        """,  # noqa: S608
        values,
    )
    if cursor.rowcount:
        cursor.execute(
            f"UPDATE {table} SET movie_id = %(kept)s WHERE movie_id = %(gone)s",  # noqa: S608
            values,
        )


def _replace_suggestions(cursor: Any, values: Mapping[str, Any]) -> None:
    """Members choose among films by keys that stand in their import's rows."""
    cursor.execute(
        f"""
        {_KEEP} SELECT %(merge)s, 'catalog_importrow', t.id, i.user_id,
            jsonb_build_object('suggestions', t.suggestions),
            jsonb_build_object('suggestions', {_REPLACED})
        FROM catalog_importrow t JOIN catalog_memberimport i ON i.id = t.member_import_id
        WHERE i.state IN ('preview', 'reading') AND %(gone)s = ANY(t.suggestions)
        """,  # noqa: S608
        values,
    )
    if cursor.rowcount:
        cursor.execute(
            f"""
            UPDATE catalog_importrow t SET suggestions = {_REPLACED}
            FROM catalog_memberimport i WHERE i.id = t.member_import_id
              AND i.state IN ('preview', 'reading') AND %(gone)s = ANY(t.suggestions)
            """,  # noqa: S608
            values,
        )


_REPLACED = """
    CASE WHEN %(kept)s = ANY(t.suggestions) THEN array_remove(t.suggestions, %(gone)s::bigint)
         ELSE array_replace(t.suggestions, %(gone)s::bigint, %(kept)s::bigint) END
"""


def _fill_columns(
    cursor: Any, kept: Movie, columns: Mapping[str, Any], values: Mapping[str, Any]
) -> None:
    for name, value in columns.items():
        setattr(kept, name, value)
    kept.fold_titles()
    kept.updated_at = timezone.now()
    changed = [*columns, "search_title", "updated_at"]
    columns_of = {field.name: str(field.column) for field in Movie._meta.concrete_fields}
    names = [columns_of[name] for name in changed]
    as_json = ", ".join(f"'{name}', t.{name}" for name in names)
    cursor.execute(
        f"SELECT jsonb_build_object({as_json}) FROM catalog_movie t WHERE id = %(kept)s",  # noqa: S608
        values,
    )
    before = cursor.fetchone()[0]
    Movie.objects.filter(pk=kept.pk).update(**{name: getattr(kept, name) for name in changed})
    cursor.execute(
        f"""
        {_KEEP} SELECT %(merge)s, 'catalog_movie', t.id, NULL, %(before)s::jsonb,
            jsonb_build_object({as_json}) FROM catalog_movie t WHERE t.id = %(kept)s
        """,  # noqa: S608
        {**values, "before": before if isinstance(before, str) else json.dumps(before)},
    )


def _remove_film(cursor: Any, values: Mapping[str, Any]) -> None:
    """The film itself; whatever still points at it makes this fail, and with it the merge."""
    cursor.execute(
        f"""
        {_KEEP} SELECT %(merge)s, 'catalog_movie', t.id, NULL,
            to_jsonb(t) || '{{"rating_count": 0, "half_star_sum": 0}}', NULL
        FROM catalog_movie t WHERE t.id = %(gone)s
        """,  # noqa: S608
        values,
    )
    cursor.execute("DELETE FROM catalog_movie WHERE id = %(gone)s", values)
    cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    cursor.execute("SET CONSTRAINTS ALL DEFERRED")

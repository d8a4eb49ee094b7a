"""Takes a merge back: what it changed and removed is as it was, what was done since stays.

A column that somebody has changed since keeps its new value; a row that a member has deleted
since stays deleted.
"""

from __future__ import annotations

from typing import Any

from django.db import connection, transaction
from django.db.models import ForeignKey, Model
from django.utils import timezone
from django.utils.translation import gettext as _

from catalog.models import FilmAlias, FilmMerge, MergedRow, Movie

from .merge import MergeError, tell
from .rules import Rule, ruled_tables


def undo_merge(merge: FilmMerge) -> int:
    """Two films again. Returns how many rows could not come back, where what they need is gone.

    Raises MergeError for a merge that is too old, that was undone already, or after which one of
    its films was merged again.
    """
    with transaction.atomic():
        merge = FilmMerge.objects.select_for_update().get(pk=merge.pk)
        _check(merge)
        tables: list[tuple[type[Model], Rule]] = [(Movie, Rule(key=())), *ruled_tables()]
        with connection.cursor() as cursor:
            _take_back_columns(cursor, merge)
            missing = sum(_put_back(cursor, merge, model, rule) for model, rule in tables[:1])
            FilmAlias.objects.filter(former_id=merge.gone_id).delete()
            for model, rule in tables[1:]:
                if not rule.forget:
                    _move_back(cursor, merge, model._meta.db_table)
            missing += sum(_put_back(cursor, merge, model, rule) for model, rule in tables[1:])
            _fold_again(merge)
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        merge.rows.all().delete()
        merge.undone_at = timezone.now()
        merge.save(update_fields=["undone_at"])
        tell()
    return missing


def forget_old_merges() -> int:
    """Delete the rows of merges that can no longer be undone; they hold what members wrote."""
    old = FilmMerge.objects.exclude(pk__in=FilmMerge.objects.undoable().values("pk"))
    return MergedRow.objects.filter(merge__in=old).delete()[0]


def _check(merge: FilmMerge) -> None:
    if merge.undone_at is not None:
        raise MergeError(_("This merge has been undone already."))
    if not merge.is_undoable:
        raise MergeError(_("This merge is more than 30 days old, so it cannot be undone."))
    if not Movie.objects.select_for_update().filter(pk=merge.kept_id).exists():
        later = FilmMerge.objects.filter(gone_id=merge.kept_id, undone_at=None).first()
        if later is None:
            raise MergeError(_("The film into which the other was merged has been deleted."))
        raise MergeError(_("Undo this later merge first: %(merge)s") % {"merge": later})
    newest = FilmMerge.objects.newest_about(merge.kept_id)
    if newest is not None and newest.pk != merge.pk:
        raise MergeError(_("Undo this later merge first: %(merge)s") % {"merge": newest})


def _take_back_columns(cursor: Any, merge: FilmMerge) -> None:
    """Columns get their old value where they still have the one that the merge gave them."""
    cursor.execute(
        """
        SELECT DISTINCT "table", jsonb_object_keys(after) FROM catalog_mergedrow
        WHERE merge_id = %s AND after IS NOT NULL AND NOT after ? 'movie_id'
        """,
        [merge.pk],
    )
    for table, name in cursor.fetchall():
        cursor.execute(
            f"""
            UPDATE {table} t SET {name} = old.{name}
            FROM catalog_mergedrow r, jsonb_populate_record(NULL::{table}, r.before) old,
                 jsonb_populate_record(NULL::{table}, r.after) new
            WHERE r.merge_id = %s AND r."table" = '{table}' AND r.row_id = t.id
              AND r.after ? '{name}' AND t.{name} IS NOT DISTINCT FROM new.{name}
            """,  # noqa: S608
            [merge.pk],
        )


def _fold_again(merge: FilmMerge) -> None:
    """Where a title was changed since, the searchable form follows what the titles are now."""
    movie = Movie.objects.get(pk=merge.kept_id)
    row = merge.rows.get(table=Movie._meta.db_table, row_id=merge.kept_id)
    if movie.search_title != row.before["search_title"]:
        movie.fold_titles()
        Movie.objects.filter(pk=movie.pk).update(search_title=movie.search_title)


def _move_back(cursor: Any, merge: FilmMerge, table: str) -> None:
    cursor.execute(
        f"""
        UPDATE {table} t SET movie_id = %(gone)s FROM catalog_mergedrow r
        WHERE r.merge_id = %(merge)s AND r."table" = '{table}' AND r.row_id = t.id
          AND r.after ? 'movie_id' AND t.movie_id = %(kept)s
        """,  # noqa: S608
        {"merge": merge.pk, "kept": merge.kept_id, "gone": merge.gone_id},
    )


def _put_back(cursor: Any, merge: FilmMerge, model: type[Model], rule: Rule) -> int:
    """Insert what was removed; returns how many rows could not: place taken, owner gone."""
    table = model._meta.db_table
    fields = model._meta.local_concrete_fields
    names = [str(one.column) for one in fields]
    values = ", ".join(
        rule.place.get(name) or _value(one) for name, one in zip(names, fields, strict=True)
    )
    conditions = [_is_there(one) for one in fields if one.is_relation]
    conditions += [_is_free(table, key) for key in ((rule.row,), *rule.unique)]
    if rule.key is not None and model is not Movie:
        conditions.append(_is_free(table, ("movie_id", *rule.key)))
    cursor.execute(
        f"""
        INSERT INTO {table} ({", ".join(names)})
        SELECT {values} FROM catalog_mergedrow r, jsonb_populate_record(NULL::{table}, r.before) t
        WHERE r.merge_id = %s AND r."table" = '{table}' AND r.after IS NULL
          AND {" AND ".join(condition for condition in conditions if condition)}
        """,  # noqa: S608
        [merge.pk],
    )
    removed = merge.rows.filter(table=table, after__isnull=True).count()
    return removed - cursor.rowcount


def _value(field: Any) -> str:
    """A column that came to the table after the merge gets its default."""
    if field.null or not isinstance(field.get_default(), bool | int | str):
        return f"t.{field.column}"
    default = field.get_default()
    literal = f"'{default}'" if isinstance(default, str) else str(default).lower()
    return f"coalesce(t.{field.column}, {literal})"


def _is_there(field: Any) -> str:
    """That what a foreign key points at is still there."""
    if not isinstance(field, ForeignKey):
        return ""
    target = field.remote_field.model._meta
    return (
        f"(t.{field.column} IS NULL OR EXISTS (SELECT FROM {target.db_table} x "
        f"WHERE x.{target.pk.column} = t.{field.column}))"
    )


def _is_free(table: str, columns: tuple[str, ...]) -> str:
    """That no other row has the same values, where they are unique."""
    same = " AND ".join(f"x.{name} = t.{name}" for name in columns)
    return f"NOT EXISTS (SELECT FROM {table} x WHERE {same})"

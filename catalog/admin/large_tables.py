"""Base of admins of large tables: estimated counts, no sorting without an index.

Nor does any of their pages read all rows of a table, or all that hang on a row.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from typing import Any

from django.contrib import admin
from django.core.paginator import Paginator
from django.db import connection
from django.db.models import CASCADE, Count, Model, QuerySet, Value
from django.http import HttpRequest
from django.utils.text import capfirst

# Below this a table is counted, above it PostgreSQL's own estimate is as good as the number.
COUNTED_ROWS = 100_000
# Of what a filter leaves of a larger table, this many are counted: nobody reads page 200.
COUNTED_MATCHES = 10_000
NAMED_FOR_DELETION = 100


class EstimatingPaginator(Paginator):
    """Takes the number of rows of a large table, when nothing is filtered, from the statistics."""

    @cached_property
    def count(self) -> int:
        query = getattr(self.object_list, "query", None)
        if query is None:
            return super().count
        estimate = estimated_rows(query.model)
        if estimate <= COUNTED_ROWS:
            return super().count
        if query.where:
            return self.object_list.order_by()[: COUNTED_MATCHES + 1].count()  # type: ignore[attr-defined]
        return estimate


def estimated_rows(model: type[Model]) -> int:
    """How many rows the table has by the database's statistics."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT reltuples::bigint FROM pg_class WHERE oid = to_regclass(%s)",
            [model._meta.db_table],
        )
        return int(cursor.fetchone()[0])


class LargeTableAdmin(admin.ModelAdmin):
    """No second count of all rows, and no sorting by columns without an index."""

    paginator = EstimatingPaginator
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    sortable_by = ()
    list_per_page = 50

    def get_deleted_objects(
        self, objs: QuerySet[Any] | Iterable[Model], request: HttpRequest
    ) -> tuple[list[str], dict[str, int], set[str], list[str]]:
        """What goes with a row is counted: a film may have a hundred thousand ratings."""
        chosen = list(objs)
        names = [str(one) for one in chosen[:NAMED_FOR_DELETION]]
        counts: dict[str, int] = {str(self.opts.verbose_name_plural): len(chosen)}
        for label, count in self._hanging_on(chosen):
            counts[label] = counts.get(label, 0) + count
        allowed = self.has_delete_permission(request)
        needed = set() if allowed else {str(capfirst(self.opts.verbose_name))}
        return names, counts, needed, []

    def _hanging_on(self, chosen: list[Any]) -> Iterable[tuple[str, int]]:
        """What goes with the chosen rows, by its name, and how many; in one query."""
        labels: list[str] = []
        counts: list[QuerySet[Any, tuple[int, int]]] = []
        for relation in self.opts.get_fields(include_hidden=True):
            if getattr(relation, "on_delete", None) is CASCADE and relation.auto_created:
                model = relation.related_model
                there = model._default_manager.filter(**{f"{relation.field.name}__in": chosen})  # type: ignore[union-attr]
                counts.append(
                    there.order_by()
                    .annotate(relation=Value(len(labels)))
                    .values("relation")
                    .annotate(rows=Count("*"))
                    .values_list("relation", "rows")
                )
                labels.append(str(model._meta.verbose_name_plural))  # type: ignore[union-attr]
        if not counts:
            return []
        return [(labels[one], rows) for one, rows in counts[0].union(*counts[1:], all=True) if rows]

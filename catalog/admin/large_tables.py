"""Base of admins of large tables: estimated counts, no sorting without an index."""

from functools import cached_property

from django.contrib import admin
from django.core.paginator import Paginator
from django.db import connection

# Below this a table is counted, above it PostgreSQL's own estimate is as good as the number.
COUNTED_ROWS = 100_000


class EstimatingPaginator(Paginator):
    """Takes the number of rows of a large table, when nothing is filtered, from the statistics."""

    @cached_property
    def count(self) -> int:
        query = getattr(self.object_list, "query", None)
        if query is None or query.where:
            return super().count
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT reltuples::bigint FROM pg_class WHERE oid = to_regclass(%s)",
                [query.model._meta.db_table],
            )
            estimate = int(cursor.fetchone()[0])
        return estimate if estimate > COUNTED_ROWS else super().count


class LargeTableAdmin(admin.ModelAdmin):
    """No second count of all rows, and no sorting by columns without an index."""

    paginator = EstimatingPaginator
    show_full_result_count = False
    sortable_by = ()
    list_per_page = 50

"""Admin of members' imports: their state, and which films they wait for; never whose they are."""

from django.contrib import admin
from django.db.models import F, QuerySet, Window
from django.db.models.functions import RowNumber
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from catalog.folding import fold
from catalog.models import ImportRow, MemberImport, WaitingRow
from catalog.models.import_row import RowOutcome
from catalog.models.member_import import ImportSource

from .large_tables import LargeTableAdmin
from .permissions import NoAddOrChangeAdmin, ReadOnlyAdmin


@admin.register(MemberImport)
class MemberImportAdmin(NoAddOrChangeAdmin, LargeTableAdmin):
    list_display = ("file_name", "user", "source", "state", "created_at", "attempts")
    list_select_related = ("user",)
    list_filter = ("state", "source")
    ordering = ("-pk",)
    search_fields = ("=user__username",)
    exclude = ("report", "result", "answers")


@admin.register(WaitingRow)
class WaitingRowAdmin(ReadOnlyAdmin, LargeTableAdmin):
    """Films that members' imports name and that are not here; whose imports is not said."""

    list_display = ("title", "year", "imdb_id", "tmdb_id", "kind", "source")
    fields = ("title", "year", "director", "imdb_id", "tmdb_id", "movielens_id", "kind")
    list_filter = ("kind",)
    ordering = ("-pk",)
    search_fields = ("folded", "=imdb_id", "=tmdb_id")
    search_help_text = _("Part of a title, or an IMDb or TMDB id.")

    def get_queryset(self, request: HttpRequest) -> QuerySet[ImportRow]:
        waiting = super().get_queryset(request).filter(outcome=RowOutcome.WAITING)
        return waiting.annotate(
            source_name=F("member_import__source"),
            again=Window(
                RowNumber(),
                partition_by=[F("folded"), F("year"), F("imdb_id"), F("tmdb_id")],
                order_by="pk",
            ),
        ).filter(again=1)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[ImportRow], search_term: str
    ) -> tuple[QuerySet[ImportRow], bool]:
        return super().get_search_results(request, queryset, fold(search_term))

    @admin.display(description=_("from"))
    def source(self, row: ImportRow) -> str:
        return str(ImportSource(row.source_name).label)  # type: ignore[attr-defined]

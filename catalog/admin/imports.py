"""Admin of members' imports: their state, and which films they wait for; never whose they are."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.db.models import F, QuerySet, Window
from django.db.models.functions import RowNumber
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from catalog.folding import fold
from catalog.models import ImportRow, MemberImport, WaitingRow
from catalog.models.import_row import RowOutcome
from catalog.models.member_import import ImportSource, ImportState

from .large_tables import LargeTableAdmin
from .permissions import NoAddOrChangeAdmin, ReadOnlyAdmin


def state_words(label: str) -> str:
    """A state's label is said to the member; here somebody else reads it."""
    return gettext("waiting for the member") if label == str(ImportState.PREVIEW.label) else label


class StateFilter(admin.ChoicesFieldListFilter):
    def choices(self, changelist: ChangeList) -> Iterator[Any]:
        for choice in super().choices(changelist):
            yield {**choice, "display": state_words(str(choice["display"]))}


@admin.register(MemberImport)
class MemberImportAdmin(NoAddOrChangeAdmin, LargeTableAdmin):
    list_display = ("file_name", "user", "source", "state_now", "created_at", "attempts")
    list_select_related = ("user",)
    list_filter = (("state", StateFilter), "source")
    ordering = ("-pk",)
    search_fields = ("=user__username",)
    fields = ("user", "source", "file_name", "state_now", "on_conflict", "applied_at", "attempts")
    view_on_site = False  # the page is the member's own

    @admin.display(description=_("state"))
    def state_now(self, job: MemberImport) -> str:
        return state_words(job.get_state_display())


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

    def get_list_display(self, request: HttpRequest) -> Any:
        shown = super().get_list_display(request)
        return (*shown, "add_film") if request.user.has_perm("catalog.add_movie") else shown

    @admin.display(description=_("what to do"))
    def add_film(self, row: ImportRow) -> SafeString:
        """A form with what the import says of the film; once it is here, the row is applied."""
        known = {
            name: value
            for name in ("title", "year", "imdb_id", "tmdb_id", "movielens_id")
            if (value := getattr(row, name))
        }
        address = f"{reverse('admin:catalog_movie_add')}?{urlencode(known)}"
        return format_html('<a href="{}">{}</a>', address, gettext("Add this film"))

    @admin.display(description=_("from"))
    def source(self, row: ImportRow) -> str:
        return str(ImportSource(row.source_name).label)  # type: ignore[attr-defined]

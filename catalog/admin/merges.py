"""Admin of merges: what was merged when and by whom, and undoing it."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from catalog.models import FilmMerge
from catalog.queries.doubles import forget_count
from catalog.services.film_merge import MergeError, undo_merge

from .large_tables import LargeTableAdmin
from .permissions import ReadOnlyAdmin


@admin.register(FilmMerge)
class FilmMergeAdmin(ReadOnlyAdmin, LargeTableAdmin):
    list_display = ("gone_title", "kept_title", "editor", "merged_at", "state")
    list_select_related = ("editor",)
    search_fields = ("gone_title", "kept_title")
    ordering = ("-pk",)
    fields = ("gone_title", "kept_title", "editor", "merged_at", "undone_at")
    change_form_template = "admin/catalog/filmmerge/change_form.html"

    @admin.display(description=gettext_lazy("state"))
    def state(self, merge: FilmMerge) -> str:
        if merge.undone_at is not None:
            return _("undone")
        return _("can be undone") if merge.is_undoable else _("for good")

    def get_urls(self) -> list[URLPattern]:
        undo = self.admin_site.admin_view(require_POST(self.undo_view))
        return [path("<int:pk>/undo/", undo, name="catalog_filmmerge_undo"), *super().get_urls()]

    def undo_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        if not request.user.has_perm("catalog.change_movie"):
            raise PermissionDenied
        merge = get_object_or_404(FilmMerge, pk=pk)
        try:
            missing = undo_merge(merge)
        except MergeError as error:
            self.message_user(request, str(error), messages.ERROR)
            return HttpResponseRedirect(reverse("admin:catalog_filmmerge_change", args=[pk]))
        forget_count()
        self.message_user(request, _("They are two films again, as they were."))
        if missing:
            text = ngettext(
                "%(n)d row could not come back, because what it belongs to is gone.",
                "%(n)d rows could not come back, because what they belong to is gone.",
                missing,
            )
            self.message_user(request, text % {"n": missing}, messages.WARNING)
        return HttpResponseRedirect(reverse("admin:catalog_movie_change", args=[merge.gone_id]))

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        context = {"may_undo": request.user.has_perm("catalog.change_movie")}
        return super().change_view(
            request, object_id, form_url, {**context, **(extra_context or {})}
        )

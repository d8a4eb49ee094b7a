"""Named searches above the list of films."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from catalog.models import SavedSearch

LONGEST = 1000
# Where a page of the list stands is no part of a search.
NOT_KEPT = ("p", "all", "e")


class SavedSearchForm(forms.Form):
    name = forms.CharField(max_length=60)
    query = forms.CharField(max_length=LONGEST)
    shared = forms.BooleanField(required=False)

    def clean_query(self) -> str:
        return kept_query(QueryDict(self.cleaned_data["query"]))


class SavedSearchesMixin(admin.ModelAdmin):
    """Saved searches of the list: shown, saved under a name, removed."""

    change_list_template = "admin/catalog/movie/change_list.html"

    def get_urls(self) -> list[URLPattern]:
        protect = self.admin_site.admin_view
        return [
            path(
                "searches/",
                protect(require_POST(self.save_search)),
                name="catalog_movie_save_search",
            ),
            path(
                "searches/<int:pk>/remove/",
                protect(require_POST(self.remove_search)),
                name="catalog_movie_remove_search",
            ),
            *super().get_urls(),
        ]

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        query = kept_query(request.GET)
        searches = list(SavedSearch.objects.for_editor(request.user))
        context = {
            "title": _("Films"),
            "searches": searches,
            "search_query": query,
            "is_saved": any(search.query == query for search in searches),
        }
        return super().changelist_view(request, {**context, **(extra_context or {})})

    def save_search(self, request: HttpRequest) -> HttpResponse:
        """A name that the editor has given before now means this search."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        form = SavedSearchForm(request.POST)
        listed = reverse("admin:catalog_movie_changelist")
        if not form.is_valid():
            self.message_user(request, _("Filter the list and give it a name."), messages.ERROR)
            return HttpResponseRedirect(listed)
        values = form.cleaned_data
        search, _created = SavedSearch.objects.update_or_create(
            editor_id=request.user.pk,
            name=values["name"],
            defaults={"query": values["query"], "shared": values["shared"]},
        )
        self.message_user(request, _("“%(name)s” is saved.") % {"name": search.name})
        return HttpResponseRedirect(f"{listed}?{search.query}")

    def remove_search(self, request: HttpRequest, pk: int) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        search = get_object_or_404(SavedSearch, pk=pk, editor=request.user.pk)
        search.delete()
        self.message_user(request, _("“%(name)s” was removed.") % {"name": search.name})
        return HttpResponseRedirect(reverse("admin:catalog_movie_changelist"))


def kept_query(values: QueryDict) -> str:
    """The filters and words of an address, in alphabetical order so that they can be compared."""
    kept = sorted((name, one) for name in values for one in values.getlist(name) if one)
    query = QueryDict(mutable=True)
    for name, one in kept:
        if name not in NOT_KEPT and not name.startswith("csrf"):
            query.appendlist(name, one)
    return query.urlencode()

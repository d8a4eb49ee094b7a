"""Admin of people, their credits, and keywords."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.options import InlineModelAdmin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from catalog.datasets.cells import whole_number
from catalog.folding import fold
from catalog.models import Credit, Keyword, Origin, Person
from catalog.services.provenance import record_origin

from .large_tables import LargeTableAdmin
from .links import movie_ids

LOCKED_BY = ("name", "profile_path")
PEOPLE_LOOKED_AT = 200


class CreditInline(admin.TabularInline):
    """To be looked at: a choice of films for each of a hundred rows would ask for each."""

    model = Credit
    fields = readonly_fields = ("movie", "department", "job", "character", "position")
    extra = 0
    show_change_link = True

    def get_queryset(self, request: HttpRequest) -> QuerySet[Credit]:
        credits = super().get_queryset(request).select_related("movie", "person")
        return credits.order_by("movie__year", "pk")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Person)
class PersonAdmin(LargeTableAdmin):
    list_display = ("name", "credit_count", "tmdb_id", "locked")
    ordering = ("-credit_count", "pk")
    fields = ("name", "tmdb_id", "profile_path", "locked", "credit_count")
    readonly_fields = ("credit_count",)
    search_fields = ("search_name",)
    search_help_text = _("Part of a name, or an id at TMDB.")

    def get_inlines(self, request: HttpRequest, obj: Person | None) -> list[type[InlineModelAdmin]]:
        """Who is being added has no credits yet."""
        return [] if obj is None else [CreditInline]

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Person], search_term: str
    ) -> tuple[QuerySet[Person], bool]:
        """By name as the trigram index can find it, or by id."""
        term = search_term.strip()
        return (queryset.filter(person_condition(term)) if term else queryset), False

    def save_model(
        self, request: HttpRequest, obj: Person, form: forms.ModelForm[Person], change: bool
    ) -> None:
        """What an editor writes is kept as it is, unless the same form says otherwise."""
        if "locked" not in form.changed_data and set(LOCKED_BY) & set(form.changed_data):
            obj.locked = True
        super().save_model(request, obj, form, change)


@admin.register(Credit)
class CreditAdmin(LargeTableAdmin):
    """Adding to a film's credits or changing them keeps all of them from refreshes and imports."""

    list_display = ("movie", "person", "department", "job", "character")
    list_select_related = ("movie", "person")
    ordering = ("-pk",)
    autocomplete_fields = ("movie", "person")
    search_fields = ("movie__search_title",)
    search_help_text = _("Part of a title or of a name.")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Credit], search_term: str
    ) -> tuple[QuerySet[Credit], bool]:
        term = search_term.strip()
        if not term:
            return queryset, False
        people = Person.objects.filter(person_condition(term)).order_by("-credit_count", "pk")
        named = list(people.values_list("pk", flat=True)[:PEOPLE_LOOKED_AT])
        return queryset.filter(Q(movie__in=movie_ids(term)) | Q(person__in=named)), False

    def save_model(
        self, request: HttpRequest, obj: Credit, form: forms.ModelForm[Credit], change: bool
    ) -> None:
        touched = {obj.movie_id, form.initial.get("movie", obj.movie_id)}
        super().save_model(request, obj, form, change)
        _keep(touched)

    def delete_model(self, request: HttpRequest, obj: Credit) -> None:
        super().delete_model(request, obj)
        _keep({obj.movie_id})

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Credit]) -> None:
        touched = set(queryset.order_by().values_list("movie_id", flat=True))
        super().delete_queryset(request, queryset)
        _keep(touched)


@admin.register(Keyword)
class KeywordAdmin(LargeTableAdmin):
    list_display = ("name", "tmdb_id")
    fields = ("name", "tmdb_id")
    ordering = ("name", "pk")
    search_fields = ("name", "=tmdb_id")


def person_condition(term: str) -> Q:
    """People in whose names these letters stand, or whose id at TMDB this is."""
    condition = Q(search_name__contains=fold(term))
    if number := whole_number(term):
        condition |= Q(tmdb_id=number)
    return condition


def _keep(movie_ids: set[int]) -> None:
    record_origin(movie_ids, ["credits"], Origin.EDITOR, lock=True)

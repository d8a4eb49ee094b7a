"""Admin of movies."""

from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet, URLField
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from catalog.datasets.cells import imdb_id, whole_number
from catalog.folding import fold
from catalog.models import Link, Movie
from catalog.services.waiting_rows import tell_arrived

from .large_tables import LargeTableAdmin


class LinkInline(admin.StackedInline):
    model = Link


@admin.register(Movie)
class MovieAdmin(LargeTableAdmin):
    list_display = ("title", "year", "original_title", "rating_count", "average", "adult")
    list_filter = ("genres", "adult")
    ordering = ("-rating_count", "pk")
    search_fields = ("search_title",)
    search_help_text = _("Part of a title, or an IMDb, TMDB or MovieLens id.")
    autocomplete_fields = ("collection", "genres", "companies", "countries", "spoken_languages")
    readonly_fields = ("rating_count", "average", "created_at", "updated_at")
    inlines = (LinkInline,)
    formfield_overrides = {URLField: {"assume_scheme": "https"}}
    fieldsets = (
        (None, {"fields": ("title", "original_title", "year", "genres", "collection")}),
        (_("Description"), {"fields": ("tagline", "overview", "poster_path", "homepage")}),
        (
            _("Release"),
            {
                "fields": (
                    "release_date",
                    "runtime",
                    "status",
                    "original_language",
                    "adult",
                    "video",
                )
            },
        ),
        (_("Made by"), {"fields": ("companies", "countries", "spoken_languages")}),
        (
            _("At TMDB"),
            {"fields": ("popularity", "vote_average", "vote_count", "budget", "revenue")},
        ),
        (_("Here"), {"fields": readonly_fields}),
    )

    @admin.display(description=_("average"))
    def average(self, movie: Movie) -> str:
        return f"{movie.average_rating:.2f}" if movie.average_rating else "–"

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Titles and ids may now be those that a member's import waits for."""
        super().save_related(request, form, formsets, change)
        tell_arrived([form.instance.pk])

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Movie], search_term: str
    ) -> tuple[QuerySet[Movie], bool]:
        """By title as the trigram index can find it, or by id."""
        term = search_term.strip()
        if not term:
            return queryset, False
        return queryset.filter(movie_condition(term)), False


def movie_condition(term: str, prefix: str = "") -> Q:
    """Movies of which the title has these letters, or some id is this one."""
    condition = Q(**{f"{prefix}search_title__contains": fold(term)})
    number = whole_number(term)
    if term.startswith("tt") and (imdb := imdb_id(term)):
        condition |= _link(prefix, "imdb_id", imdb)
    elif number:
        for name in ("movielens_id", "tmdb_id"):
            condition |= _link(prefix, name, number)
    return condition


def _link(prefix: str, name: str, value: Any) -> Q:
    movies = Link.objects.filter(**{name: value}).values("movie_id")
    return Q(**{f"{prefix}pk__in": movies})

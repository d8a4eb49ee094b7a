"""Admin of links to MovieLens, IMDb and TMDB, and looking movies up by those ids."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from catalog.models import Link, Movie

from .large_tables import LargeTableAdmin
from .movies import movie_condition

MOVIES_LOOKED_AT = 200


@admin.register(Link)
class LinkAdmin(LargeTableAdmin):
    list_display = ("movie", "movielens_id", "imdb_id", "tmdb_id", "ml_100k_id")
    list_select_related = ("movie",)
    ordering = ("pk",)
    autocomplete_fields = ("movie",)
    search_fields = ("movie__search_title",)
    search_help_text = _("Part of a title, or an IMDb, TMDB or MovieLens id.")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Link], search_term: str
    ) -> tuple[QuerySet[Link], bool]:
        term = search_term.strip()
        return (queryset.filter(movie_id__in=movie_ids(term)) if term else queryset), False


def movie_ids(term: str) -> list[int]:
    """The most rated movies that a term finds, so that large tables are asked by plain ids."""
    movies = Movie.objects.filter(movie_condition(term)).order_by("-rating_count", "pk")
    return list(movies.values_list("pk", flat=True)[:MOVIES_LOOKED_AT])

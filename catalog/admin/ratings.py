"""Admin of ratings."""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth import get_user_model
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from catalog.models import Rating
from catalog.services.ratings import remove, save, unrate_many

from .large_tables import LargeTableAdmin
from .links import movie_ids

HALF_STARS = [(half, f"{half / 2:.1f}") for half in range(10, 0, -1)]


class RaterFilter(admin.SimpleListFilter):
    title = _("rater")
    parameter_name = "rater"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("members", _("Members")), ("imported", _("Imported"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Rating]) -> QuerySet[Rating]:
        if self.value() in ("members", "imported"):
            return queryset.filter(user__imported=self.value() == "imported")
        return queryset


class RatingForm(forms.ModelForm):
    half_stars = forms.TypedChoiceField(label=_("Stars"), choices=HALF_STARS, coerce=int)

    class Meta:
        model = Rating
        fields = ("user", "movie", "half_stars", "rated_at")


@admin.register(Rating)
class RatingAdmin(LargeTableAdmin):
    form = RatingForm
    list_display = ("movie", "stars", "user", "rated_at")
    list_select_related = ("movie", "user")
    list_filter = (RaterFilter,)
    ordering = ("-pk",)
    autocomplete_fields = ("user", "movie")
    search_fields = ("movie__search_title",)
    search_help_text = _("A user name, part of a title, or an IMDb, TMDB or MovieLens id.")

    @admin.display(description=_("stars"))
    def stars(self, rating: Rating) -> str:
        return f"{rating.stars:.1f}"

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Rating], search_term: str
    ) -> tuple[QuerySet[Rating], bool]:
        """By ids that were looked up before: both conditions then have an index."""
        term = search_term.strip()
        if not term:
            return queryset, False
        users = get_user_model().objects.filter(username=term).values_list("pk", flat=True)
        return queryset.filter(Q(user_id__in=list(users)) | Q(movie_id__in=movie_ids(term))), False

    def save_model(self, request: HttpRequest, obj: Rating, form: Any, change: bool) -> None:
        save(obj)

    def delete_model(self, request: HttpRequest, obj: Rating) -> None:
        unrate_many(obj.user_id, [obj.movie_id])

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Rating]) -> None:
        remove(queryset)

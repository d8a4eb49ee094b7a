"""Admin of watchlists, hidden and seen movies, lists, diaries and friends."""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth import get_user_model
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from catalog.models import (
    Block,
    DiaryEntry,
    Friendship,
    HiddenMovie,
    MovieList,
    MovieListEntry,
    SeenMovie,
    WatchlistEntry,
)

from .large_tables import LargeTableAdmin
from .links import movie_ids
from .ratings import HALF_STARS


class PersonalAdmin(LargeTableAdmin):
    """Rows of a member and a film, found by either."""

    list_select_related = ("movie", "user")
    ordering = ("-pk",)
    autocomplete_fields = ("user", "movie")
    search_fields = ("=user__username", "movie__search_title")
    search_help_text = _("A user name, part of a title, or an IMDb, TMDB or MovieLens id.")
    owner = "user"

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """By ids that were looked up before: both conditions then have an index."""
        term = search_term.strip()
        if not term:
            return queryset, False
        users = get_user_model().objects.filter(username=term).values_list("pk", flat=True)
        found = Q(**{f"{self.owner}__in": list(users)}) | Q(movie__in=movie_ids(term))
        return queryset.filter(found), False


@admin.register(WatchlistEntry)
class WatchlistAdmin(PersonalAdmin):
    list_display = ("movie", "user", "added_at")


@admin.register(HiddenMovie)
class HiddenMovieAdmin(PersonalAdmin):
    list_display = ("movie", "user", "hidden_at")


@admin.register(SeenMovie)
class SeenMovieAdmin(PersonalAdmin):
    """To be looked at only: what a member has seen is for the member to say."""

    list_display = ("movie", "user", "watched_on", "marked_at")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: SeenMovie | None = None) -> bool:
        return False


class DiaryForm(forms.ModelForm):
    half_stars = forms.TypedChoiceField(
        label=_("Stars"),
        choices=[("", "–"), *HALF_STARS],
        coerce=int,
        empty_value=None,
        required=False,
    )


@admin.register(DiaryEntry)
class DiaryAdmin(PersonalAdmin):
    """Without the notes: they are the member's alone."""

    form = DiaryForm
    list_display = ("movie", "user", "watched_on", "stars", "rewatch")
    exclude = ("note",)

    @admin.display(description=_("stars"))
    def stars(self, entry: DiaryEntry) -> str:
        return "–" if entry.stars is None else f"{entry.stars:.1f}"


@admin.register(MovieList)
class MovieListAdmin(LargeTableAdmin):
    list_display = ("title", "user", "is_public", "taken_down", "judge", "updated_at")
    list_select_related = ("user",)
    list_filter = ("is_public", "taken_down")
    ordering = ("-pk",)
    autocomplete_fields = ("user",)
    search_fields = ("=user__username", "title")
    readonly_fields = ("taken_down", "created_at", "updated_at")

    def get_queryset(self, request: HttpRequest) -> QuerySet[MovieList]:
        """All lists for whoever may change them, the public ones for moderators."""
        lists: QuerySet[MovieList] = super().get_queryset(request)
        if self.has_change_permission(request):
            return lists
        return lists.filter(is_public=True)

    def view_on_site(self, obj: MovieList) -> str | None:
        """Of a list that others can read; no other page would open."""
        return obj.get_absolute_url() if obj.is_published else None

    @admin.display(description=_("moderation"))
    def judge(self, films: MovieList) -> SafeString:
        if not (films.is_public or films.taken_down):
            return SafeString("")
        address = reverse("admin:catalog_report_list", args=[films.pk])
        return format_html('<a href="{}">{}</a>', address, gettext("Look at it"))


@admin.register(MovieListEntry)
class MovieListEntryAdmin(PersonalAdmin):
    list_display = ("movie", "list", "place")
    list_select_related = ("movie", "list")
    autocomplete_fields = ("list", "movie")
    owner = "list__user"

    @admin.display(description=_("position"))
    def place(self, entry: MovieListEntry) -> int:
        return entry.position + 1


@admin.register(Friendship)
class FriendshipAdmin(LargeTableAdmin):
    list_display = ("sender", "receiver", "asked_at", "accepted_at")
    list_select_related = ("sender", "receiver")
    ordering = ("-pk",)
    autocomplete_fields = ("sender", "receiver")
    search_fields = ("=sender__username", "=receiver__username")


@admin.register(Block)
class BlockAdmin(LargeTableAdmin):
    list_display = ("blocker", "blocked", "blocked_at")
    list_select_related = ("blocker", "blocked")
    ordering = ("-pk",)
    autocomplete_fields = ("blocker", "blocked")
    search_fields = ("=blocker__username", "=blocked__username")

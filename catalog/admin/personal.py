"""Watchlists and hidden movies."""

from django.contrib import admin

from catalog.models import HiddenMovie, WatchlistEntry

from .lists import LargeTableAdmin


class PersonalAdmin(LargeTableAdmin):
    list_select_related = ("movie", "user")
    ordering = ("-pk",)
    autocomplete_fields = ("user", "movie")
    search_fields = ("=user__username", "movie__title")


@admin.register(WatchlistEntry)
class WatchlistAdmin(PersonalAdmin):
    list_display = ("movie", "user", "added_at")


@admin.register(HiddenMovie)
class HiddenMovieAdmin(PersonalAdmin):
    list_display = ("movie", "user", "hidden_at")

"""Admin of genres, collections, companies, countries and languages."""

from django.contrib import admin

from catalog.models import Collection, Company, Country, Genre, Language

from .large_tables import LargeTableAdmin


@admin.register(Genre)
class GenreAdmin(LargeTableAdmin):
    list_display = ("name", "slug")
    search_fields = ("name",)
    prepopulated_fields = {"slug": ("name",)}


@admin.register(Collection)
class CollectionAdmin(LargeTableAdmin):
    list_display = ("name", "tmdb_id")
    fields = ("name", "tmdb_id", "poster_path", "backdrop_path")
    search_fields = ("name", "=tmdb_id")


@admin.register(Company)
class CompanyAdmin(LargeTableAdmin):
    list_display = ("name", "tmdb_id")
    fields = ("name", "tmdb_id")
    search_fields = ("name", "=tmdb_id")


@admin.register(Country, Language)
class CodedAdmin(LargeTableAdmin):
    list_display = ("code", "name")
    search_fields = ("name", "=code")

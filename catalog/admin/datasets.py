"""Datasets: written by the import, so only to be read here."""

from django.contrib import admin
from django.http import HttpRequest

from catalog.models import Dataset


@admin.register(Dataset)
class DatasetAdmin(admin.ModelAdmin):
    list_display = ("title", "slug", "url", "loaded_at")
    search_fields = ("title", "slug")
    readonly_fields = ("slug", "title", "licence", "citation", "url", "loaded_at")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

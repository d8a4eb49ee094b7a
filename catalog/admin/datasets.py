"""Admin of datasets: written by the import, so only to be read here."""

from django.contrib import admin

from catalog.models import Dataset

from .permissions import NoAddAdmin


@admin.register(Dataset)
class DatasetAdmin(NoAddAdmin):
    list_display = ("title", "slug", "url", "loaded_at")
    search_fields = ("title", "slug")
    readonly_fields = ("slug", "title", "licence", "citation", "url", "loaded_at")

"""Admin of members' imports: their state, never what is in them."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from catalog.models import MemberImport

from .large_tables import LargeTableAdmin
from .permissions import NoAddOrChangeAdmin


@admin.register(MemberImport)
class MemberImportAdmin(NoAddOrChangeAdmin, LargeTableAdmin):
    list_display = ("file_name", "user", "source", "state", "created_at", "attempts")
    list_select_related = ("user",)
    list_filter = ("state", "source")
    ordering = ("-pk",)
    search_fields = ("=user__username",)
    exclude = ("content",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[MemberImport]:
        return super().get_queryset(request).defer("content")

"""The audit trail in the administration: to be read and searched, by nobody to be changed."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from catalog.admin.large_tables import LargeTableAdmin

from .models import AuditEntry


@admin.register(AuditEntry)
class AuditEntryAdmin(LargeTableAdmin):
    list_display = ("at", "action", "actor", "ip", "about", "detail")
    list_filter = ("action",)
    list_select_related = ("actor",)
    search_fields = ("actor__username", "ip", "about", "detail")
    readonly_fields = ("at", "action", "actor", "ip", "about", "detail")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

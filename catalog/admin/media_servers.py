"""Admin of the household's media server: which of its users is which member, and its address."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _

from catalog.hooks import addresses
from catalog.models import HookAddress, ServerAccount

from .large_tables import LargeTableAdmin


@admin.register(ServerAccount)
class ServerAccountAdmin(LargeTableAdmin):
    """The household's address is made here, and shown once."""

    list_display = ("account", "server", "user", "first_heard_at")
    list_select_related = ("user",)
    list_filter = ("server",)
    search_fields = ("account", "=user__username")
    autocomplete_fields = ("user",)
    readonly_fields = ("first_heard_at",)
    change_list_template = "admin/catalog/server_accounts.html"

    def get_urls(self) -> list[URLPattern]:
        return [
            path("address/", self.admin_site.admin_view(self.new_address), name="household-hook"),
            path(
                "address/remove/",
                self.admin_site.admin_view(self.remove_address),
                name="household-hook-remove",
            ),
            *super().get_urls(),
        ]

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        household = HookAddress.objects.filter(user=None).first()
        return super().changelist_view(request, {**(extra_context or {}), "household": household})

    def new_address(self, request: HttpRequest) -> HttpResponse:
        return self._if_allowed(request, self._replace)

    def remove_address(self, request: HttpRequest) -> HttpResponse:
        return self._if_allowed(request, self._remove)

    def _replace(self, request: HttpRequest) -> HttpResponse:
        """The answer is the only page that ever has the address."""
        _address, token = addresses.replace(None)
        context = {
            **self.admin_site.each_context(request),
            "title": _("The household's address"),
            "shown": request.build_absolute_uri(reverse("catalog:hook", args=[token])),
        }
        return TemplateResponse(request, "admin/catalog/household_address.html", context)

    def _remove(self, request: HttpRequest) -> HttpResponse:
        if addresses.remove(None):
            messages.success(request, _("The household's address no longer works."))
        return self._back()

    def _if_allowed(self, request: HttpRequest, do: Any) -> HttpResponse:
        if not self.has_change_permission(request):
            raise PermissionDenied
        if request.method != "POST":
            return self._back()
        return do(request)

    def _back(self) -> HttpResponse:
        return HttpResponseRedirect(reverse("admin:catalog_serveraccount_changelist"))

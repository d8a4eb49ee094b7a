"""The admin site: what needs attention stands first, then what one does most, then all tables."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _
from django.views.generic import RedirectView

from .login import OneLoginSite

# Providers to log in by are set in the environment, and no key of theirs is kept.
WITHOUT_A_PAGE = {"socialaccount.socialapp", "socialaccount.socialtoken"}


class DeskSite(OneLoginSite):
    site_header = settings.SITE_NAME
    site_title = settings.SITE_NAME
    index_title = _("Editor's desk")
    enable_nav_sidebar = False

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        models = model_or_iterable
        models = [models] if isinstance(models, type) else list(models)
        shown = [model for model in models if model._meta.label_lower not in WITHOUT_A_PAGE]
        super().register(shown, admin_class, **options)

    def get_urls(self) -> list[Any]:
        from moviesite.health.desk import health_page

        policy = "accounts_signuppolicy"  # its name was door
        return [
            path("health/", self.admin_view(health_page), name="site_health"),
            # Where the half of that page about the set-up stood before.
            path("doctor/", _moved("admin:site_health")),
            path("accounts/door/", _moved(f"admin:{policy}_changelist")),
            path("accounts/door/<path:object_id>/change/", _moved(f"admin:{policy}_change")),
            path("accounts/door/<path:object_id>/history/", _moved(f"admin:{policy}_history")),
            *super().get_urls(),
        ]

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        """“View site” leads home; Django's own address of it would leave a path by its slash."""
        return {**super().each_context(request), "site_url": reverse("home")}

    def index(self, request: HttpRequest, extra_context: Any = None) -> TemplateResponse:
        """Each section is a template under ``admin/desk/`` and asks for what it shows."""
        from catalog.admin.desk import attention_for, shortcuts_for
        from catalog.models import SavedSearch

        context = {
            "attention": attention_for(request.user),
            "shortcuts": shortcuts_for(request.user),
            "searches": SavedSearch.objects.for_editor(request.user),
        }
        answer: TemplateResponse = super().index(request, {**context, **(extra_context or {})})
        return answer


def _moved(name: str) -> Callable[..., HttpResponseBase]:
    """The view of an address that a page had before: it leads to the page's address of today."""
    return RedirectView.as_view(pattern_name=name)

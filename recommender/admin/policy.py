"""The retraining settings: one page, no list."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from catalog.admin.permissions import NoAddAdmin
from recommender.models import RetrainingPolicy


@admin.register(RetrainingPolicy)
class RetrainingPolicyAdmin(NoAddAdmin):
    fieldsets = (
        (
            gettext_lazy("When"),
            {
                "fields": (
                    "enabled",
                    "new_ratings",
                    "new_ratings_percent",
                    "max_age_hours",
                    "minimum_ratings",
                )
            },
        ),
        (
            gettext_lazy("How often"),
            {"fields": ("debounce_seconds", "debounce_max_seconds", "min_seconds_between_runs")},
        ),
        (
            gettext_lazy("What may go live"),
            {
                "fields": (
                    "holdout_percent",
                    "gate_questions",
                    "gate_minimum_questions",
                    "gate_stars_margin_percent",
                    "gate_next_margin_percent",
                    "gate_page_margin_percent",
                    "gate_certainty_percent",
                )
            },
        ),
        (gettext_lazy("What is kept"), {"fields": ("keep_versions",)}),
    )

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """Straight to the one page."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        policy = RetrainingPolicy.current()
        if policy._state.adding:
            policy.save()
        url = reverse("admin:recommender_retrainingpolicy_change", args=[policy.pk])
        return HttpResponseRedirect(url)

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: Any = None,
    ) -> HttpResponse:
        if request.method == "GET" and settings.MATINEE_RETRAIN_AFTER > 0:
            text = _("MATINEE_RETRAIN_AFTER=%d overrides the number and the share of new ratings.")
            messages.info(request, text % settings.MATINEE_RETRAIN_AFTER)
        return super().change_view(request, object_id, form_url, extra_context)

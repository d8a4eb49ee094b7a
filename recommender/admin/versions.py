"""Model versions: which is live, how good each is, publish, roll back, pin."""

from __future__ import annotations

import json
from typing import Any

from django.contrib import admin, messages
from django.contrib.humanize.templatetags.humanize import intcomma, naturaltime
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import URLPattern, reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from catalog.admin.permissions import ReadOnlyAdmin
from recommender import kinds
from recommender.admin.actions import action_path
from recommender.gate.verdict import headline_metric
from recommender.models import ModelVersion
from recommender.versions.publish import PublishingError, publish, rollback, set_pinned


@admin.register(ModelVersion)
class ModelVersionAdmin(ReadOnlyAdmin):
    list_display = (
        "number",
        "kind",
        "state",
        "buttons",
        "metric",
        "trained",
        "ratings",
    )
    list_display_links = ("number",)
    list_filter = ("kind", "status", "pinned")
    search_fields = ("=id", "reason", "code_version", "data_hash")
    search_help_text = gettext_lazy("Version number, outcome, code version or hash of the data")
    list_select_related = ("warm_started_from",)
    list_per_page = 50
    actions = None
    fields = (
        "kind",
        "state",
        "reason",
        "trained_at",
        "published_at",
        "warm_started_from",
        "artifact",
        "metrics_shown",
        "settings_shown",
        "rating_count",
        "watermark",
        "data_hash",
        "code_version",
        "seed",
    )
    change_list_template = "admin/recommender/version_list.html"

    class Media:
        css = {"all": ["css/admin-recommender.css"]}

    def get_queryset(self, request: HttpRequest) -> QuerySet[ModelVersion]:
        return super().get_queryset(request).defer("settings")

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> Any:
        context = {"kinds": kinds.choices(), **(extra_context or {})}
        return super().changelist_view(request, context)

    @admin.display(description=gettext_lazy("version"), ordering="pk")
    def number(self, version: ModelVersion) -> str:
        return str(version.pk)

    @admin.display(description=gettext_lazy("status"), ordering="status")
    def state(self, version: ModelVersion) -> str:
        pinned = f", {_('pinned')}" if version.pinned else ""
        return f"{version.get_status_display()}{pinned}"

    @admin.display(description=gettext_lazy("trained at"), ordering="trained_at")
    def trained(self, version: ModelVersion) -> str:
        return str(naturaltime(version.trained_at))

    @admin.display(description=gettext_lazy("ratings"), ordering="rating_count")
    def ratings(self, version: ModelVersion) -> str:
        return str(intcomma(version.rating_count))

    @admin.display(description=gettext_lazy("metric"))
    def metric(self, version: ModelVersion) -> str:
        name = headline_metric(version.kind)
        value = version.metrics.get(name)
        return "" if value is None else f"{name} {value:.4f}"

    @admin.display(description="")
    def buttons(self, version: ModelVersion) -> SafeString:
        made = []
        if version.can_be_published:
            made.append(("publish", _("Publish")))
        if version.pinned:
            made.append(("unpin", _("Unpin")))
        elif version.artifact:
            made.append(("pin", _("Pin")))
        return format_html_join(
            " ",
            '<button type="submit" class="row-button" formaction="{}">{}</button>',
            (
                (reverse(f"admin:recommender_modelversion_{name}", args=[version.pk]), label)
                for name, label in made
            ),
        )

    @admin.display(description=gettext_lazy("metrics"))
    def metrics_shown(self, version: ModelVersion) -> SafeString:
        return _pretty(version.metrics)

    @admin.display(description=gettext_lazy("settings"))
    def settings_shown(self, version: ModelVersion) -> SafeString:
        return _pretty(version.settings)

    def get_urls(self) -> list[URLPattern]:
        return [
            action_path(self, "<int:pk>/publish/", "publish", _publish),
            action_path(self, "<int:pk>/pin/", "pin", _pin),
            action_path(self, "<int:pk>/unpin/", "unpin", _unpin),
            action_path(self, "rollback/<slug:kind>/", "rollback", _rollback),
            *super().get_urls(),
        ]


def _pretty(value: Any) -> SafeString:
    return format_html('<pre class="run-log">{}</pre>', json.dumps(value, indent=2, sort_keys=True))


def _publish(request: HttpRequest, pk: int) -> tuple[int, str]:
    version = ModelVersion.objects.filter(pk=pk).first()
    if version is None:
        return messages.ERROR, _("There is no version %d.") % pk
    try:
        publish(version, f"published by {request.user}")
    except PublishingError as error:
        return messages.ERROR, str(error)
    return messages.SUCCESS, _("Version %d is live.") % pk


def _pin(request: HttpRequest, pk: int) -> tuple[int, str]:
    return _set_pinned(pk, True)


def _unpin(request: HttpRequest, pk: int) -> tuple[int, str]:
    return _set_pinned(pk, False)


def _set_pinned(pk: int, pinned: bool) -> tuple[int, str]:
    version = ModelVersion.objects.filter(pk=pk).first()
    if version is None:
        return messages.ERROR, _("There is no version %d.") % pk
    try:
        set_pinned(version, pinned)
    except PublishingError as error:
        return messages.ERROR, str(error)
    text = _("Version %d is pinned.") if pinned else _("Version %d is no longer pinned.")
    return messages.SUCCESS, text % pk


def _rollback(request: HttpRequest, kind: str) -> tuple[int, str]:
    try:
        version = rollback(kind, f"rolled back by {request.user}")
    except PublishingError as error:
        return messages.ERROR, str(error)
    return messages.SUCCESS, _("Version %d is live again.") % version.pk

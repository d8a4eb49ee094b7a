"""Model versions: which is live, how good each is, publish, roll back, pin."""

from __future__ import annotations

import json
from typing import Any

from django.contrib import admin, messages
from django.contrib.humanize.templatetags.humanize import intcomma, naturaltime
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from catalog.admin.desk import Shortcut, add_shortcut
from catalog.admin.permissions import ReadOnlyAdmin
from recommender import kinds
from recommender.admin.actions import action_path
from recommender.admin.comparison import compare_path
from recommender.admin.replacement import replacement_page
from recommender.admin.verdict_words import TERMS, accuracy, findings, meaning
from recommender.models import ModelVersion
from recommender.versions.publish import (
    PublishingError,
    earlier_version,
    publish,
    rollback,
    set_pinned,
)


@admin.register(ModelVersion)
class ModelVersionAdmin(ReadOnlyAdmin):
    list_display = (
        "number",
        "kind",
        "state",
        "buttons",
        "told",
        "trained",
        "ratings",
    )
    list_display_links = ("number",)
    list_filter = ("kind", "status", "pinned")
    search_fields = ("=id", "reason", "code_version", "data_hash")
    search_help_text = gettext_lazy("Version number, outcome, code version or hash of the data")
    list_select_related = ("warm_started_from",)
    list_per_page = 50
    show_full_result_count = False
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
    change_form_template = "admin/recommender/version.html"

    class Media:
        css = {"all": ["css/admin-recommender.css"]}

    def get_queryset(self, request: HttpRequest) -> QuerySet[ModelVersion]:
        return super().get_queryset(request).defer("settings")

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> Any:
        may = request.user.has_perm("recommender.change_modelversion")
        offered = kinds.choices() if may else []
        context = {"rolled_back": offered, "terms": TERMS, **(extra_context or {})}
        return super().changelist_view(request, context)

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: Any = None,
    ) -> HttpResponse:
        version = self.get_object(request, object_id)
        words = {} if version is None else _in_words(version)
        context = {**words, "terms": TERMS, **(extra_context or {})}
        return super().change_view(request, object_id, form_url, context)

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

    @admin.display(description=gettext_lazy("how good"))
    def told(self, version: ModelVersion) -> SafeString:
        return format_html('<span class="outcome">{}</span>', accuracy(version))

    @admin.display(description=gettext_lazy("Action"))
    def buttons(self, version: ModelVersion) -> SafeString:
        made = []
        if version.can_be_published:
            made.append(format_html(_LINK, _address("publish", version), _("Publish…")))
        if version.pinned:
            made.append(format_html(_BUTTON, _address("unpin", version), _("Unpin")))
        elif version.artifact:
            made.append(format_html(_BUTTON, _address("pin", version), _("Pin")))
        return format_html_join(" ", "{}", ((one,) for one in made))

    @admin.display(description=gettext_lazy("metrics"))
    def metrics_shown(self, version: ModelVersion) -> SafeString:
        return _pretty(version.metrics)

    @admin.display(description=gettext_lazy("settings"))
    def settings_shown(self, version: ModelVersion) -> SafeString:
        return _pretty(version.settings)

    def get_urls(self) -> list[URLPattern]:
        return [
            compare_path(self),
            action_path(self, "<int:pk>/publish/", "publish", _publish, self._ask_to_publish),
            action_path(self, "<int:pk>/pin/", "pin", _pin),
            action_path(self, "<int:pk>/unpin/", "unpin", _unpin),
            action_path(
                self, "rollback/<slug:kind>/", "rollback", _rollback, self._ask_to_roll_back
            ),
            *super().get_urls(),
        ]

    def _ask_to_publish(self, request: HttpRequest, pk: int) -> HttpResponse:
        version = ModelVersion.objects.filter(pk=pk).first()
        if version is None or not version.can_be_published:
            raise Http404(f"there is no version {pk} to publish")
        title = _("Publish version %d?") % pk
        return replacement_page(
            request, self, version, title=title, kind=version.kind, is_rollback=False
        )

    def _ask_to_roll_back(self, request: HttpRequest, kind: str) -> HttpResponse:
        if kind not in kinds.names():
            raise Http404(f"there is no kind {kind}")
        title = _("Roll back %(kind)s?") % {"kind": kinds.get(kind).label}
        earlier = earlier_version(kind, verify=False)
        return replacement_page(request, self, earlier, title=title, kind=kind, is_rollback=True)


_LINK = '<a class="row-button" href="{}">{}</a>'
_BUTTON = '<button type="submit" class="row-button" formaction="{}">{}</button>'


def _address(name: str, version: ModelVersion) -> str:
    return reverse(f"admin:recommender_modelversion_{name}", args=[version.pk])


def _in_words(version: ModelVersion) -> dict[str, Any]:
    return {
        "version": version,
        "meaning": meaning(version),
        "accuracy": accuracy(version),
        "findings": findings(version),
    }


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
        promised = request.POST.get("to", "")
        to = int(promised) if promised.isdecimal() else None
        version = rollback(kind, f"rolled back by {request.user}", to=to)
    except PublishingError as error:
        return messages.ERROR, str(error)
    return messages.SUCCESS, _("Version %d is live again.") % version.pk


add_shortcut(
    Shortcut(
        capfirst(ModelVersion._meta.verbose_name_plural or ""),
        "admin:recommender_modelversion_changelist",
        "recommender.view_modelversion",
    )
)

"""Training runs: what is being trained now, what was, and buttons to start and stop."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.contrib.humanize.templatetags.humanize import naturaltime
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import Truncator, capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from catalog.admin.desk import Shortcut, add_shortcut
from catalog.admin.permissions import ReadOnlyAdmin
from recommender import kinds
from recommender.admin.actions import action_path
from recommender.admin.overview import kind_states, loss_chart, version_histories
from recommender.admin.verdict_words import TERMS, accuracy, meaning
from recommender.models import RunMode, RunTrigger, TrainingRun
from recommender.runs.request import request_cancel, request_run

OUTCOME_CHARACTERS = 90


@admin.register(TrainingRun)
class TrainingRunAdmin(ReadOnlyAdmin):
    list_display = (
        "number",
        "kind",
        "mode",
        "status",
        "outcome",
        "duration",
        "requested",
    )
    list_display_links = ("number",)
    list_select_related = ("version",)
    list_filter = ("kind", "status", "mode", "trigger")
    search_fields = ("=id", "reason", "worker")
    search_help_text = gettext_lazy("Run number, outcome or worker")
    list_per_page = 50
    show_full_result_count = False
    actions = None
    fields = (
        "kind",
        "mode",
        "trigger",
        "trigger_detail",
        "status",
        "reason",
        "version",
        "requested_at",
        "started_at",
        "finished_at",
        "duration",
        "heartbeat_at",
        "attempt",
        "resumes",
        "device",
        "memory_mb",
        "worker",
    )
    change_list_template = "admin/recommender/run_list.html"
    change_form_template = "admin/recommender/run.html"

    class Media:
        css = {"all": ["css/admin-recommender.css"]}

    def get_queryset(self, request: HttpRequest) -> Any:
        runs = super().get_queryset(request)
        # A list would fetch megabytes of logs that it does not show.
        match = request.resolver_match
        is_list = match is not None and str(match.url_name).endswith("changelist")
        return runs.defer("log", "loss_curve", "version__settings") if is_list else runs

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        context = {"states": kind_states(), "histories": version_histories(), "terms": TERMS}
        return super().changelist_view(request, {**context, **(extra_context or {})})

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: Any = None,
    ) -> HttpResponse:
        run = self.get_object(request, object_id)
        context = {} if run is None else {"run": run, "chart": loss_chart(run)}
        return super().change_view(
            request, object_id, form_url, {**context, **(extra_context or {})}
        )

    @admin.display(description=gettext_lazy("run"), ordering="pk")
    def number(self, run: TrainingRun) -> str:
        return str(run.pk)

    @admin.display(description=gettext_lazy("duration"))
    def duration(self, run: TrainingRun) -> str:
        seconds = run.duration_seconds
        return "" if seconds is None else _span(round(seconds))

    @admin.display(description=gettext_lazy("requested at"), ordering="requested_at")
    def requested(self, run: TrainingRun) -> str:
        return str(naturaltime(run.requested_at))

    @admin.display(description=gettext_lazy("outcome"), ordering="reason")
    def outcome(self, run: TrainingRun) -> SafeString:
        """In words where there are some; the gate's own figures are a hint, and on the page."""
        told = accuracy(run.version) if run.version else ""
        short = f"{meaning(run.version)} {told}" if run.version and told else ""
        short = short or Truncator(run.reason).chars(OUTCOME_CHARACTERS)
        return format_html('<span class="outcome" title="{}">{}</span>', run.reason, short)

    def get_urls(self) -> list[URLPattern]:
        protected = self.admin_site.admin_view
        return [
            path("live/", protected(self.live_view), name="recommender_trainingrun_live"),
            path(
                "<int:pk>/live/", protected(self.run_view), name="recommender_trainingrun_live_run"
            ),
            action_path(self, "train/<slug:kind>/<slug:mode>/", "train", _train),
            action_path(self, "<int:pk>/cancel/", "cancel", _cancel),
            *super().get_urls(),
        ]

    def live_view(self, request: HttpRequest) -> HttpResponse:
        """The states of all kinds, as a fragment."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        return TemplateResponse(
            request, "admin/recommender/_states.html", {"states": kind_states()}
        )

    def run_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The progress of one run with its loss, as a fragment."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        run = TrainingRun.objects.filter(pk=pk).first()
        if run is None:
            raise Http404(f"there is no run {pk}")
        context = {"run": run, "chart": loss_chart(run)}
        return TemplateResponse(request, "admin/recommender/_run_live.html", context)


def _train(request: HttpRequest, kind: str, mode: str) -> tuple[int, str]:
    if kind not in kinds.names() or mode not in RunMode.values:
        return messages.ERROR, _("There is no %(kind)s to train in mode %(mode)s.") % {
            "kind": kind,
            "mode": mode,
        }
    run, new = request_run(kind, mode=mode, trigger=RunTrigger.MANUAL, detail=f"by {request.user}")
    text = _("Run %d is queued.") if new else _("Run %d is already under way.")
    return messages.SUCCESS if new else messages.INFO, text % run.pk


def _cancel(request: HttpRequest, pk: int) -> tuple[int, str]:
    run = TrainingRun.objects.filter(pk=pk).first()
    if run is None or not request_cancel(run):
        return messages.INFO, _("Run %d has already ended.") % pk
    return messages.SUCCESS, _("Run %d is being cancelled.") % pk


add_shortcut(
    Shortcut(
        capfirst(TrainingRun._meta.verbose_name_plural or ""),
        "admin:recommender_trainingrun_changelist",
        "recommender.view_trainingrun",
    )
)


def _span(seconds: int) -> str:
    """Seconds as people say them."""
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours} h {minutes} min"
    return f"{minutes} min {seconds} s" if minutes else f"{seconds} s"

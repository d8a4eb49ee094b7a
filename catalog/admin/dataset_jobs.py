"""Imports of datasets in the browser, and their undo: asked for here, done by a worker."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.core.files.uploadhandler import TemporaryFileUploadHandler
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.csrf import csrf_exempt

from catalog.dataset_import import jobs
from catalog.dataset_import.report_text import report_text
from catalog.models import DatasetJob
from catalog.models.dataset_job import JobState, Scale

from .large_tables import LargeTableAdmin
from .permissions import ReadOnlyAdmin

STOP_POLLING = 286  # htmx's status for: this answer, and no further question
MEGABYTE = 1024 * 1024
SAMPLE_COLUMNS = {
    "films": (gettext_lazy("Title"), gettext_lazy("Year"), "MovieLens", "IMDb", "TMDB"),
    "ratings": (
        *(gettext_lazy("Rater"), gettext_lazy("Film")),
        *(gettext_lazy("Stars"), gettext_lazy("Time (UTC)")),
    ),
    "changes": (
        *(gettext_lazy("Film"), gettext_lazy("Field")),
        *(gettext_lazy("Now"), gettext_lazy("Then")),
    ),
}
"""The headings of what a report shows of each kind."""


class DatasetJobForm(forms.Form):
    """A zip from the operator's computer, or something that is on the server already."""

    upload = forms.FileField(
        label=gettext_lazy("A ZIP file"),
        required=False,
        widget=forms.ClearableFileInput(attrs={"accept": ".zip,application/zip"}),
    )
    source = forms.CharField(
        label=gettext_lazy("Or a folder or ZIP on the server, or a known name"),
        required=False,
        max_length=500,
        widget=forms.TextInput(attrs={"list": "dataset-sources", "autocomplete": "off"}),
    )
    slug = forms.SlugField(
        label=gettext_lazy("Name"),
        required=False,
        max_length=50,
        help_text=gettext_lazy(
            "Raters are called after it. By default the folder's or the file's own name; two "
            "editions with their users numbered anew need two names."
        ),
    )
    scale = forms.TypedChoiceField(
        label=gettext_lazy("Ratings are"), coerce=int, choices=Scale.choices, initial=Scale.FIVE
    )
    small = forms.BooleanField(
        label=gettext_lazy("The Movies Dataset: take its small ratings"), required=False
    )

    def clean_source(self) -> str:
        source: str = self.cleaned_data["source"].strip()
        if source:
            try:
                jobs.path_of(source)
            except jobs.NotAllowedError as error:
                raise forms.ValidationError(
                    _("This is no known name, and nothing in the folders that are allowed: %(all)s")
                    % {"all": ", ".join(settings.MATINEE_DATASET_FOLDERS)}
                ) from error
        return source

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or {}
        if not self.errors and bool(values["upload"]) == bool(values["source"]):
            raise forms.ValidationError(_("Choose a file, or name a folder: one of the two."))
        return values


@admin.register(DatasetJob)
class DatasetJobAdmin(ReadOnlyAdmin, LargeTableAdmin):
    list_display = ("source", "kind", "state", "asked_by", "created_at")
    list_select_related = ("asked_by",)
    list_filter = ("kind", "state")
    search_fields = ("source", "slug")
    list_per_page = 50
    actions = None

    class Media:
        css = {"all": ["css/admin-datasets.css"]}

    def has_add_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("catalog.add_datasetjob")

    def get_urls(self) -> list[URLPattern]:
        protected = self.admin_site.admin_view
        name = "catalog_datasetjob_{}".format
        return [
            path("add/", self._with_large_uploads(protected(self.new)), name=name("add")),
            path("<int:pk>/change/", protected(self.show), name=name("change")),
            path("<int:pk>/live/", protected(self.live), name=name("live")),
            path("<int:pk>/report.txt", protected(self.report), name=name("report")),
            path("<int:pk>/confirm/", protected(self.confirm), name=name("confirm")),
            path("<int:pk>/cancel/", protected(self.cancel), name=name("cancel")),
            *super().get_urls(),
        ]

    def _with_large_uploads(self, view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        """Uploads of those who may import go to the disk; all others' stay below members' limit.

        The handlers have to be changed before anybody reads the form, so that the middleware must
        not look for its token: ``view`` does, as all views of the admin.
        """

        @csrf_exempt
        def entry(request: HttpRequest) -> HttpResponse:
            if self.has_add_permission(request):
                most = settings.MATINEE_DATASET_UPLOAD_MB
                if int(request.META.get("CONTENT_LENGTH") or 0) > (most + 1) * MEGABYTE:
                    text = _("The file has more than %(most)s MB: put it into a folder here.")
                    return HttpResponse(text % {"most": most}, "text/plain", status=413)
                request.upload_handlers = [TemporaryFileUploadHandler(request)]
            return view(request)

        return entry

    def new(self, request: HttpRequest) -> HttpResponse:
        """The form, and the beginning of an import."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = DatasetJobForm(request.POST or None, request.FILES or None, label_suffix="")
        if request.method == "POST" and form.is_valid():
            job = jobs.begin_import(asked_by=request.user.pk, **form.cleaned_data)
            how = "uploaded" if form.cleaned_data["upload"] else "named"
            self.log_addition(request, job, f"{how} {job.source}")
            return redirect(job)
        return self._page(
            request,
            "dataset_job_new.html",
            _("Import a dataset"),
            form=form,
            sources=jobs.offered_sources(),
            most=settings.MATINEE_DATASET_UPLOAD_MB,
        )

    def show(self, request: HttpRequest, pk: int) -> HttpResponse:
        job = self._job(request, pk)
        return self._page(request, "dataset_job.html", str(job.source), job=job)

    def live(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The state of a job as a fragment; when no worker is at it, the last one."""
        job = self._job(request, pk)
        context = {"job": job, **self._shared_context(request)}
        answer = TemplateResponse(request, "admin/catalog/_dataset_job.html", context)
        answer.status_code = 200 if job.is_working else STOP_POLLING
        return answer

    def report(self, request: HttpRequest, pk: int) -> HttpResponse:
        job = self._job(request, pk)
        answer = HttpResponse(report_text(job), content_type="text/plain; charset=utf-8")
        answer["Content-Disposition"] = f'attachment; filename="dataset-{job.kind}-{job.pk}.txt"'
        return answer

    def confirm(self, request: HttpRequest, pk: int) -> HttpResponse:
        done = _("It is being carried out.")
        return self._do(request, pk, jobs.confirm, "confirmed", done)

    def cancel(self, request: HttpRequest, pk: int) -> HttpResponse:
        done = _("It is being cancelled.")
        return self._do(request, pk, jobs.cancel, "cancelled", done)

    def _do(
        self,
        request: HttpRequest,
        pk: int,
        action: Callable[[DatasetJob], bool],
        what: str,
        done: str,
    ) -> HttpResponse:
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if not self.has_add_permission(request):
            raise PermissionDenied
        job = self._job(request, pk)
        if action(job):
            self.log_change(request, job, what)
            messages.success(request, done)
        else:
            messages.info(request, _("This import is not waiting for that any more."))
        return redirect(job)

    def _job(self, request: HttpRequest, pk: int) -> DatasetJob:
        if not self.has_view_permission(request):
            raise PermissionDenied
        job = DatasetJob.objects.filter(pk=pk).first()
        if job is None:
            raise Http404(f"there is no job {pk}")
        return job

    def _shared_context(self, request: HttpRequest) -> dict[str, Any]:
        return {
            "may_decide": self.has_add_permission(request),
            "states": JobState,
            "columns": SAMPLE_COLUMNS,
        }

    def _page(
        self, request: HttpRequest, template: str, title: str, **context: Any
    ) -> HttpResponse:
        context |= {
            **self.admin_site.each_context(request),
            **self._shared_context(request),
            "title": title,
            "opts": self.model._meta,
            "media": self.media,
        }
        return TemplateResponse(request, f"admin/catalog/{template}", context)

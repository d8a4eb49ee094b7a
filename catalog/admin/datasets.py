"""Admin of datasets: written by the import, so only to be read here, and to be undone."""

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.urls import URLPattern, path

from catalog.dataset_import import jobs
from catalog.models import Dataset

from .permissions import ReadOnlyAdmin


@admin.register(Dataset)
class DatasetAdmin(ReadOnlyAdmin):
    list_display = ("title", "slug", "url", "loaded_at")
    search_fields = ("title", "slug")
    fields = ("slug", "title", "licence", "citation", "url", "loaded_at")
    change_form_template = "admin/catalog/dataset.html"
    change_list_template = "admin/catalog/dataset_list.html"

    def get_urls(self) -> list[URLPattern]:
        undo = self.admin_site.admin_view(self.undo)
        return [
            path("<int:pk>/undo/", undo, name="catalog_dataset_undo"),
            *super().get_urls(),
        ]

    def undo(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Have it counted what would leave; the page of the job asks for the confirmation."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if not request.user.has_perm("catalog.add_datasetjob"):
            raise PermissionDenied
        dataset = Dataset.objects.filter(pk=pk).first()
        if dataset is None:
            raise Http404(f"there is no dataset {pk}")
        job = jobs.begin_removal(asked_by=request.user.pk, slug=dataset.slug)
        self.log_addition(request, job, f"removal of {job.slug}")
        return redirect(job)

"""Jobs on datasets that an operator asks for in the browser: an import, or its undo."""

from pathlib import PurePath
from uuid import uuid4

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.text import get_valid_filename
from django.utils.translation import gettext_lazy as _


def upload_path(job: "DatasetJob", file_name: str) -> str:
    """A folder for each file, so that it keeps the name that its dataset is called by."""
    return f"datasets/{uuid4().hex}/{get_valid_filename(file_name)}"


class JobKind(models.TextChoices):
    IMPORT = "import", _("import")
    REMOVAL = "removal", _("undo of a dataset")


class JobState(models.TextChoices):
    """Whose turn it is: a worker's (LOOKING, APPLYING), the operator's (PREVIEW), or nobody's."""

    LOOKING = "looking", _("being looked through")
    PREVIEW = "preview", _("waiting for you")
    APPLYING = "applying", _("being carried out")
    DONE = "done", _("done")
    REFUSED = "refused", _("refused")
    CANCELLED = "cancelled", _("cancelled")


COUNTED = ("ratings", "raters", "movies", "links", "genres", "collections")
WORKING = (JobState.LOOKING, JobState.APPLYING)


class Scale(models.IntegerChoices):
    FIVE = 5, _("stars to 5, in halves")
    TEN = 10, _("points to 10")
    HUNDRED = 100, _("points to 100")


class DatasetJob(models.Model):
    """An import or a removal of a dataset, with its preview and its report.

    A worker first looks what would come of it, and writes nothing; the operator decides.
    """

    kind = models.CharField(_("what"), max_length=10, choices=JobKind.choices)
    state = models.CharField(
        _("state"), max_length=10, choices=JobState.choices, default=JobState.LOOKING
    )
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("asked by"),
        related_name="+",
        null=True,
        on_delete=models.SET_NULL,
    )
    # An uploaded file, or what an operator named: a folder or zip on the server, a known dataset.
    upload = models.FileField(_("file"), upload_to=upload_path, blank=True)
    source = models.CharField(_("source"), max_length=500)
    slug = models.CharField(_("name"), max_length=50, blank=True)
    small = models.BooleanField(_("small ratings"), default=False)
    scale = models.PositiveSmallIntegerField(
        _("scale of the ratings"), choices=Scale.choices, default=Scale.FIVE
    )

    # What was counted: first in the preview, then when it was carried out.
    report = models.JSONField(_("report"), default=dict, blank=True)
    refusal = models.TextField(_("why not"), blank=True)
    phase = models.CharField(_("step"), max_length=200, blank=True)
    done = models.PositiveBigIntegerField(default=0)
    total = models.PositiveBigIntegerField(default=0)
    cancel_asked = models.BooleanField(_("being cancelled"), default=False)

    created_at = models.DateTimeField(_("asked at"), auto_now_add=True)
    changed_at = models.DateTimeField(_("in this state since"), auto_now_add=True)
    # For the sweep: when the worker was last told, and how often it has begun this step.
    sent_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("import of a dataset")
        verbose_name_plural = _("imports of datasets")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind__in=JobKind.values), name="catalog_dataset_job_kind"
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=JobState.values), name="catalog_dataset_job_state"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk} of {PurePath(self.source).name}"

    def get_absolute_url(self) -> str:
        return reverse("admin:catalog_datasetjob_change", args=[self.pk])

    @property
    def is_working(self) -> bool:
        return self.state in WORKING

    @property
    def is_preview(self) -> bool:
        """Nothing of what the report counts has been written."""
        return self.state != JobState.DONE

    @property
    def counts(self) -> list[tuple[str, dict[str, int]]]:
        """What was counted of each kind, the important ones first; not what there is none of."""
        counts: dict[str, dict[str, int]] = self.report.get("counts", {})
        order = [*COUNTED, *sorted(set(counts) - set(COUNTED))]
        return [(kind, counts[kind]) for kind in order if any(counts.get(kind, {}).values())]

    @property
    def percent(self) -> int:
        return min(100, 100 * self.done // self.total) if self.total else 0

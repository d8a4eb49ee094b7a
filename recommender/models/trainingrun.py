"""One training, as operators see it: queued, running, done, and what it said."""

from django.db import models
from django.db.models.functions import Concat, Right
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from recommender import kinds

from .modelversion import ModelVersion

LOG_CHARACTERS = 100_000


class RunMode(models.TextChoices):
    QUICK = "quick", _("quick update")
    FULL = "full", _("full retrain")


class RunStatus(models.TextChoices):
    QUEUED = "queued", _("queued")
    RUNNING = "running", _("running")
    SUCCEEDED = "succeeded", _("succeeded")
    FAILED = "failed", _("failed")
    CANCELLED = "cancelled", _("cancelled")
    LOST = "lost", _("lost")


class RunTrigger(models.TextChoices):
    FIRST = "first", _("no version yet")
    RATINGS = "ratings", _("new ratings")
    AGE = "age", _("age of the newest version")
    SCHEDULE = "schedule", _("schedule")
    MANUAL = "manual", _("by hand")
    RESUMED = "resumed", _("taken up after a loss")


ACTIVE = (RunStatus.QUEUED, RunStatus.RUNNING)


class TrainingRunQuerySet(models.QuerySet["TrainingRun"]):
    def active(self) -> "TrainingRunQuerySet":
        return self.filter(status__in=ACTIVE)

    def finished(self) -> "TrainingRunQuerySet":
        return self.exclude(status__in=ACTIVE)

    def owned_by(self, run: "TrainingRun") -> "TrainingRunQuerySet":
        """The run, as long as it is still this attempt's to write to."""
        return self.filter(pk=run.pk, attempt=run.attempt, status=RunStatus.RUNNING)

    def add_log(self, line: str) -> int:
        """Append a line with its time; the oldest characters of an overlong log are dropped."""
        stamp = timezone.now().strftime("%Y-%m-%d %H:%M:%S")
        entry = models.Value(f"{stamp} {line}\n", output_field=models.TextField())
        return self.update(log=Right(Concat("log", entry), LOG_CHARACTERS))


class TrainingRun(models.Model):
    """A request to train one kind of model, and what became of it.

    At most one run of a kind is queued or running: the database says so, and a second request
    finds the first (``recommender.runs.request``).
    """

    kind = models.CharField(_("kind"), max_length=20, choices=kinds.choices)
    mode = models.CharField(_("mode"), max_length=10, choices=RunMode.choices)
    trigger = models.CharField(_("trigger"), max_length=20, choices=RunTrigger.choices)
    trigger_detail = models.CharField(_("why"), max_length=300, blank=True)
    status = models.CharField(
        _("status"), max_length=20, choices=RunStatus.choices, default=RunStatus.QUEUED
    )
    reason = models.TextField(_("outcome"), blank=True)
    version = models.ForeignKey(
        ModelVersion,
        verbose_name=_("version"),
        related_name="runs",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
    )

    requested_at = models.DateTimeField(_("requested at"), default=timezone.now)
    sent_at = models.DateTimeField(_("sent to a worker at"), null=True, blank=True)
    started_at = models.DateTimeField(_("started at"), null=True, blank=True)
    heartbeat_at = models.DateTimeField(_("last sign of life"), null=True, blank=True)
    finished_at = models.DateTimeField(_("finished at"), null=True, blank=True)
    cancel_requested = models.BooleanField(_("cancel requested"), default=False)

    # Counts up whenever a process takes the run; a process with an older number writes nothing.
    attempt = models.PositiveSmallIntegerField(_("attempt"), default=0)
    resumes = models.ForeignKey(
        "self",
        verbose_name=_("continues the lost run"),
        related_name="successors",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
    )
    losses_in_a_row = models.PositiveSmallIntegerField(_("losses in a row"), default=0)

    phase = models.CharField(_("phase"), max_length=40, blank=True)
    epoch = models.PositiveIntegerField(_("epoch"), default=0)
    epochs = models.PositiveIntegerField(_("epochs"), default=0)
    phase_started_at = models.DateTimeField(_("phase started at"), null=True, blank=True)
    loss = models.FloatField(_("loss"), null=True, blank=True)
    loss_curve = models.JSONField(_("loss by epoch"), default=list, blank=True)
    examples_per_second = models.FloatField(_("examples per second"), null=True, blank=True)
    device = models.CharField(_("device"), max_length=60, blank=True)
    memory_mb = models.PositiveIntegerField(_("memory in MB"), null=True, blank=True)
    worker = models.CharField(_("worker"), max_length=200, blank=True)
    log = models.TextField(_("log"), blank=True)

    objects = TrainingRunQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("training run")
        verbose_name_plural = _("training runs")
        indexes = [models.Index(fields=["kind", "-id"], name="recommender_run_by_kind")]
        constraints = [
            models.UniqueConstraint(
                fields=["kind"],
                condition=models.Q(status__in=["queued", "running"]),
                name="recommender_one_active_run_per_kind",
            ),
            models.CheckConstraint(
                condition=models.Q(status__in=["queued", "running"])
                | models.Q(finished_at__isnull=False),
                name="recommender_finished_run_has_its_time",
            ),
            models.CheckConstraint(
                condition=models.Q(kind__regex=kinds.NAME), name="recommender_run_kind"
            ),
            models.CheckConstraint(
                condition=models.Q(status__in=RunStatus.values), name="recommender_run_status"
            ),
        ]

    def __str__(self) -> str:
        return f"run {self.pk} ({self.kind}, {self.mode})"

    @property
    def is_active(self) -> bool:
        return self.status in ACTIVE

    @property
    def seconds_left(self) -> float | None:
        """Of the current phase, taking each epoch to last as long as those before it."""
        if self.status != RunStatus.RUNNING or not self.phase_started_at or not self.epoch:
            return None
        spent = (timezone.now() - self.phase_started_at).total_seconds()
        return max(0.0, spent / self.epoch * (self.epochs - self.epoch))

    @property
    def duration_seconds(self) -> float | None:
        if self.started_at is None:
            return None
        return ((self.finished_at or timezone.now()) - self.started_at).total_seconds()

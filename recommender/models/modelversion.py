"""A trained model, from candidate to retired."""

from datetime import datetime

from django.db import models
from django.utils.translation import gettext_lazy as _

from recommender import kinds

SNAPSHOT_AT = "snapshot_at"


class VersionStatus(models.TextChoices):
    CANDIDATE = "candidate", _("candidate")
    LIVE = "live", _("live")
    RETIRED = "retired", _("retired")
    REJECTED = "rejected", _("rejected")


class ModelVersionQuerySet(models.QuerySet["ModelVersion"]):
    def live(self, kind: str) -> "ModelVersion | None":
        """The version that answers now, or None before the first."""
        return self.filter(kind=kind, status=VersionStatus.LIVE).first()

    def newest(self, kind: str) -> "ModelVersion | None":
        """The version trained last, whatever became of it."""
        return self.filter(kind=kind).order_by("-pk").first()

    def from_scratch(self, kind: str) -> "ModelVersion | None":
        """The newest version that did not continue from another."""
        return self.filter(kind=kind, warm_started_from__isnull=True).order_by("-pk").first()

    def with_artifact(self) -> "ModelVersionQuerySet":
        """Versions whose files are kept and could be served."""
        return self.exclude(artifact="")

    def predecessors(self, kind: str) -> "ModelVersionQuerySet":
        """Versions that were live once and still could be, the last one first."""
        return (
            self.with_artifact()
            .filter(kind=kind, status=VersionStatus.RETIRED, published_at__isnull=False)
            .order_by("-published_at", "-pk")
        )


class ModelVersion(models.Model):
    """A trained model of one kind. Its primary key is the version number that people see."""

    kind = models.CharField(_("kind"), max_length=20, choices=kinds.choices)
    status = models.CharField(
        _("status"),
        max_length=20,
        choices=VersionStatus.choices,
        default=VersionStatus.CANDIDATE,
    )
    # The folder's name in STORAGES["artifacts"]; blank once the files were removed.
    artifact = models.CharField(_("artifact"), max_length=100, blank=True)
    reason = models.TextField(_("why it has this status"), blank=True)
    pinned = models.BooleanField(
        _("pinned"),
        default=False,
        help_text=_("Files of a pinned version are kept; a pinned live version stays live."),
    )

    trained_at = models.DateTimeField(_("trained at"))
    published_at = models.DateTimeField(_("went live at"), null=True, blank=True)
    warm_started_from = models.ForeignKey(
        "self",
        verbose_name=_("continued from"),
        related_name="+",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
    )

    # What it was trained on: the fingerprint of its snapshot.
    rating_count = models.PositiveBigIntegerField(_("ratings in the snapshot"), default=0)
    watermark = models.DateTimeField(_("newest rating seen"), null=True, blank=True)
    data_hash = models.CharField(_("sha256 of the ratings"), max_length=64, blank=True)

    code_version = models.CharField(_("code version"), max_length=100, blank=True)
    seed = models.PositiveIntegerField(_("random seed"), default=0)
    settings = models.JSONField(_("settings"), default=dict, blank=True)
    metrics = models.JSONField(_("metrics"), default=dict, blank=True)

    objects = ModelVersionQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("model version")
        verbose_name_plural = _("model versions")
        indexes = [
            models.Index(fields=["kind", "-published_at"], name="recommender_version_published"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["kind"],
                condition=models.Q(status="live"),
                name="recommender_one_live_version_per_kind",
            ),
            models.CheckConstraint(
                condition=~models.Q(status="live") | ~models.Q(artifact=""),
                name="recommender_live_version_has_artifact",
            ),
            models.CheckConstraint(
                condition=models.Q(kind__regex=kinds.NAME), name="recommender_version_kind"
            ),
            models.CheckConstraint(
                condition=models.Q(status__in=VersionStatus.values),
                name="recommender_version_status",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"

    @property
    def snapshot_at(self) -> datetime:
        """Until when it has seen films; of versions that did not keep it, when it was trained."""
        kept = self.settings.get(SNAPSHOT_AT)
        return datetime.fromisoformat(kept) if kept else self.trained_at

    @property
    def is_live(self) -> bool:
        return self.status == VersionStatus.LIVE

    @property
    def can_be_published(self) -> bool:
        return not self.is_live and bool(self.artifact)

"""Imports of what a member has seen elsewhere: the file; its rows are in `import_row`."""

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _


class ImportSource(models.TextChoices):
    LETTERBOXD = "letterboxd", "Letterboxd"
    IMDB = "imdb", "IMDb"
    TRAKT = "trakt", "Trakt"
    MOVIELENS = "movielens", "MovieLens"
    TMDB = "tmdb", "TMDB"
    SIMKL = "simkl", "Simkl"
    MOVARY = "movary", "Movary"
    YAMTRACK = "yamtrack", "Yamtrack"
    RYOT = "ryot", "Ryot"
    TABLE = "table", _("a table")
    MATINEE = "matinee", _("a site like this one")


class ImportState(models.TextChoices):
    READING = "reading", _("being read")
    REFUSED = "refused", _("refused")
    PREVIEW = "preview", _("waiting for you")
    APPLYING = "applying", _("being imported")
    APPLIED = "applied", _("imported")
    UNDOING = "undoing", _("being undone")
    UNDONE = "undone", _("undone")


# A worker has something to do, or is at it.
WORKING = (ImportState.READING, ImportState.APPLYING, ImportState.UNDOING)


class ConflictRule(models.TextChoices):
    NEWEST = "newest", _("The newer ratings")
    MINE = "mine", _("My ratings here")
    THEIRS = "theirs", _("The ratings in the file")


class MemberImport(models.Model):
    """One uploaded file. ``state`` says whose turn it is: the worker's or the member's."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("user"),
        related_name="imports",
        on_delete=models.CASCADE,
    )
    # Blank until the file has been read.
    source = models.CharField(
        _("from"), max_length=20, choices=ImportSource.choices, blank=True, default=""
    )
    file_name = models.CharField(_("file"), max_length=200)
    state = models.CharField(
        _("state"), max_length=20, choices=ImportState.choices, default=ImportState.READING
    )
    on_conflict = models.CharField(
        _("where both have stars"),
        max_length=10,
        choices=ConflictRule.choices,
        default=ConflictRule.NEWEST,
    )
    # What the member said about the file: answers to the questions in the report, by their keys.
    answers = models.JSONField(_("answers"), default=dict, blank=True)
    # What was read, what was not and why; what applying and undoing changed.
    report = models.JSONField(_("report"), default=dict, blank=True)
    result = models.JSONField(_("result"), default=dict, blank=True)

    created_at = models.DateTimeField(_("uploaded at"), auto_now_add=True)
    changed_at = models.DateTimeField(_("in this state since"), auto_now_add=True)
    # The ``updated_at`` of the ratings and ``created_at`` of the diary entries that it wrote.
    applied_at = models.DateTimeField(_("imported at"), null=True, blank=True)

    # For the sweep: when the worker was last told, and how often it has begun this step.
    sent_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["-created_at", "-pk"]
        verbose_name = _("member's import")
        verbose_name_plural = _("members' imports")
        indexes = [
            models.Index(fields=["state", "changed_at"], name="catalog_import_by_state"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=ImportState.values), name="catalog_import_state"
            ),
            models.CheckConstraint(
                condition=models.Q(on_conflict__in=ConflictRule.values),
                name="catalog_import_on_conflict",
            ),
        ]

    def __str__(self) -> str:
        return f"import {self.pk} of {self.file_name} by user {self.user_id}"

    def get_absolute_url(self) -> str:
        return reverse("catalog:import", args=[self.pk])

    @property
    def is_working(self) -> bool:
        return self.state in WORKING

    @property
    def open_questions(self) -> list[dict[str, object]]:
        """What the member has to say before the import can be applied."""
        asked = self.report.get("questions", [])
        return [one for one in asked if one["required"] and not one["answer"]]


class ImportPiece(models.Model):
    """A piece of an uploaded file, kept until it has been read and all questions are answered."""

    member_import = models.ForeignKey(
        MemberImport,
        verbose_name=_("import"),
        related_name="pieces",
        on_delete=models.CASCADE,
        db_index=False,
    )
    number = models.PositiveIntegerField(_("number"))
    content = models.BinaryField(_("content"))

    class Meta:
        ordering = ["number"]
        verbose_name = _("piece of an uploaded file")
        verbose_name_plural = _("pieces of uploaded files")
        constraints = [
            models.UniqueConstraint(
                fields=["member_import", "number"], name="catalog_import_piece_once"
            )
        ]

    def __str__(self) -> str:
        return f"piece {self.number} of import {self.member_import_id}"

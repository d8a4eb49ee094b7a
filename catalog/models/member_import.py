"""Imports of ratings from another site: the file, its rows, their outcomes."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from .movie import Movie


class ImportSource(models.TextChoices):
    LETTERBOXD = "letterboxd", "Letterboxd"
    IMDB = "imdb", "IMDb"
    TRAKT = "trakt", "Trakt"
    MOVIELENS = "movielens", "MovieLens"
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


class RowKind(models.TextChoices):
    RATING = "rating", _("rating")
    WATCHLIST = "watchlist", _("watchlist")
    DIARY = "diary", _("diary")
    SEEN = "seen", _("seen")


class RowOutcome(models.TextChoices):
    """What applying an import does with a row; see `catalog.member_import.outcomes`."""

    NEW = "new", _("New")
    CONFLICT = "conflict", _("Different stars")
    UNMATCHED = "unmatched", _("Not found")
    SAME = "same", _("Already here")
    REPEATED = "repeated", _("More than once")
    LEFT_OUT = "left-out", _("Left out")


class MatchedBy(models.TextChoices):
    IMDB = "imdb", _("IMDb id")
    TMDB = "tmdb", _("TMDB id")
    MOVIELENS = "movielens", _("MovieLens id")
    TITLE = "title", _("title and year")
    NEAR_YEAR = "near-year", _("title, one year off")
    BY_HAND = "by-hand", _("chosen by you")


class MemberImport(models.Model):
    """One uploaded file. ``state`` says whose turn it is: the worker's or the member's."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("user"),
        related_name="imports",
        on_delete=models.CASCADE,
    )
    source = models.CharField(_("from"), max_length=20, choices=ImportSource.choices)
    file_name = models.CharField(_("file"), max_length=200)
    # Kept until it has been read.
    content = models.BinaryField(_("content"), null=True)
    state = models.CharField(
        _("state"), max_length=20, choices=ImportState.choices, default=ImportState.READING
    )
    on_conflict = models.CharField(
        _("where both have stars"),
        max_length=10,
        choices=ConflictRule.choices,
        default=ConflictRule.NEWEST,
    )
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


class ImportRow(models.Model):
    """A film in an import: what the file says, which film it is, what is done about it.

    ``before_…`` hold what applying replaced, for undoing it.
    """

    member_import = models.ForeignKey(
        MemberImport,
        verbose_name=_("import"),
        related_name="rows",
        on_delete=models.CASCADE,
        db_index=False,  # the indexes below begin with it
    )
    position = models.PositiveIntegerField(_("position"))
    file = models.CharField(_("file"), max_length=100)
    line = models.PositiveIntegerField(_("line"))
    kind = models.CharField(_("kind"), max_length=10, choices=RowKind.choices)
    # Of two rows for a film the one with the lower number counts, whatever their dates.
    priority = models.PositiveSmallIntegerField(default=0)
    title = models.CharField(_("title"), max_length=300, blank=True)
    folded = models.TextField(editable=False, blank=True)
    year = models.PositiveSmallIntegerField(_("year"), null=True)
    imdb_id = models.CharField(_("IMDb id"), max_length=12, null=True)  # noqa: DJ001
    tmdb_id = models.PositiveIntegerField(_("TMDB id"), null=True)
    movielens_id = models.PositiveIntegerField(_("MovieLens id"), null=True)
    half_stars = models.PositiveSmallIntegerField(_("half-stars"), null=True)
    happened_at = models.DateTimeField(_("rated or added at"), null=True)
    watched_on = models.DateField(_("watched on"), null=True)
    rewatch = models.BooleanField(_("seen before"), default=False)

    movie = models.ForeignKey(
        Movie, verbose_name=_("movie"), related_name="+", null=True, on_delete=models.SET_NULL
    )
    matched_by = models.CharField(
        _("matched by"), max_length=10, choices=MatchedBy.choices, blank=True
    )
    suggestions = ArrayField(models.BigIntegerField(), verbose_name=_("suggestions"), default=list)
    left_out = models.BooleanField(_("left out"), default=False)
    # Overrules the import's rule where both have stars; blank: the rule decides.
    take = models.CharField(
        _("whose stars"), max_length=10, choices=ConflictRule.choices, blank=True
    )
    outcome = models.CharField(
        _("outcome"),
        max_length=10,
        choices=RowOutcome.choices,
        default=RowOutcome.UNMATCHED,
    )

    written = models.BooleanField(_("written"), default=False)
    before_half_stars = models.PositiveSmallIntegerField(null=True)
    before_rated_at = models.DateTimeField(null=True)
    before_hidden_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["position"]
        verbose_name = _("imported row")
        verbose_name_plural = _("imported rows")
        indexes = [
            models.Index(
                fields=["member_import", "outcome", "position"], name="catalog_import_outcome"
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["member_import", "position"], name="catalog_import_row_once"
            ),
            models.CheckConstraint(
                condition=models.Q(half_stars__isnull=True) | models.Q(half_stars__range=(1, 10)),
                name="catalog_import_row_half_stars",
            ),
            models.CheckConstraint(
                condition=~models.Q(kind="rating") | models.Q(half_stars__isnull=False),
                name="catalog_import_rating_has_stars",
            ),
            models.CheckConstraint(
                condition=~models.Q(kind="diary") | models.Q(watched_on__isnull=False),
                name="catalog_import_diary_has_day",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.file}, line {self.line}: {self.title}"

    @property
    def stars(self) -> float | None:
        return self.half_stars / 2 if self.half_stars else None

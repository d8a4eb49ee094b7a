"""Films merged because they were one: what was done, for undoing it, and their old addresses.

None of these but `FilmAlias` has a foreign key to films: of two merged films one is gone.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .movie import Movie


class FilmMergeQuerySet(models.QuerySet["FilmMerge"]):
    def undoable(self, now: datetime | None = None) -> FilmMergeQuerySet:
        """Those that are recent enough to be taken back, and have not been."""
        since = (now or timezone.now()) - FilmMerge.UNDOABLE
        return self.filter(undone_at=None, merged_at__gte=since)

    def newest_about(self, movie_id: int) -> FilmMerge | None:
        """The last merge, not taken back, into which or out of which the film came."""
        about = models.Q(kept_id=movie_id) | models.Q(gone_id=movie_id)
        return self.filter(about, undone_at=None).order_by("-merged_at", "-pk").first()


class FilmMerge(models.Model):
    """The film ``gone`` became part of the film ``kept``."""

    UNDOABLE: ClassVar[timedelta] = timedelta(days=30)

    kept_id = models.BigIntegerField(_("key of the film that stays"), db_index=True)
    gone_id = models.BigIntegerField(_("key of the film that is gone"), db_index=True)
    kept_title = models.CharField(_("film that stays"), max_length=310)
    gone_title = models.CharField(_("film that is gone"), max_length=310)
    editor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("merged by"),
        related_name="+",
        null=True,
        on_delete=models.SET_NULL,
    )
    merged_at = models.DateTimeField(_("merged at"), default=timezone.now)
    undone_at = models.DateTimeField(_("undone at"), null=True, blank=True)

    objects = FilmMergeQuerySet.as_manager()

    class Meta:
        ordering = ["-merged_at", "-pk"]
        verbose_name = _("merge of films")
        verbose_name_plural = _("merges of films")

    def __str__(self) -> str:
        return f"{self.gone_title} → {self.kept_title}"

    @property
    def undoable_until(self) -> datetime:
        return self.merged_at + self.UNDOABLE

    @property
    def is_undoable(self) -> bool:
        return self.undone_at is None and timezone.now() <= self.undoable_until


class MergedRow(models.Model):
    """A row that a merge changed or removed; kept as long as the merge can be undone.

    ``before`` has the columns that were changed, ``after`` what they became. A row that was
    removed stands in ``before`` as a whole, and ``after`` is null.
    """

    merge = models.ForeignKey(FilmMerge, related_name="rows", on_delete=models.CASCADE)
    table = models.CharField(max_length=63)
    row_id = models.BigIntegerField()
    # Whose row it is: what a member leaves behind must not come back when the account is gone.
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, related_name="+", null=True, on_delete=models.CASCADE
    )
    before = models.JSONField()
    after = models.JSONField(null=True)

    class Meta:
        verbose_name = _("row of a merge")
        verbose_name_plural = _("rows of merges")

    def __str__(self) -> str:
        return f"{self.table} {self.row_id}"


class FilmAlias(models.Model):
    """What a merged film was known by: its address here and its ids elsewhere.

    An import that meets one of the ids means the film that stayed.
    """

    movie = models.ForeignKey(
        Movie, verbose_name=_("film"), related_name="aliases", on_delete=models.CASCADE
    )
    former_id = models.BigIntegerField(_("former key"), unique=True)
    movielens_id = models.PositiveIntegerField(_("MovieLens id"), null=True, db_index=True)
    ml_100k_id = models.PositiveIntegerField(_("MovieLens 100K id"), null=True)
    imdb_id = models.CharField(  # noqa: DJ001
        _("IMDb id"), max_length=12, null=True, db_index=True
    )
    tmdb_id = models.PositiveIntegerField(_("TMDB id"), null=True, db_index=True)

    class Meta:
        ordering = ["former_id"]
        verbose_name = _("former film")
        verbose_name_plural = _("former films")

    def __str__(self) -> str:
        return f"film {self.former_id}, now {self.movie_id}"


class DistinctFilms(models.Model):
    """An editor's word that two films are not one, the lower key first."""

    first_id = models.BigIntegerField()
    second_id = models.BigIntegerField()
    editor = models.ForeignKey(
        settings.AUTH_USER_MODEL, related_name="+", null=True, on_delete=models.SET_NULL
    )
    said_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("pair of different films")
        verbose_name_plural = _("pairs of different films")
        constraints = [
            models.UniqueConstraint(fields=["first_id", "second_id"], name="catalog_distinct_once"),
            models.CheckConstraint(
                condition=models.Q(first_id__lt=models.F("second_id")),
                name="catalog_distinct_in_order",
            ),
        ]

    def __str__(self) -> str:
        return f"films {self.first_id} and {self.second_id}"

"""Diary entries: when a member watched a film."""

from __future__ import annotations

from datetime import date

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .movie import Movie

# The first public film show.
FIRST_SHOW = date(1895, 12, 28)


class DiaryEntryQuerySet(models.QuerySet["DiaryEntry"]):
    def of_film(self, user_id: int, movie: Movie) -> DiaryEntryQuerySet:
        """One member's entries of a film, the newest first."""
        return self.filter(user_id=user_id, movie=movie)


class DiaryEntry(models.Model):
    """A film watched on a day, with what the member thought of it then; once a film and day.

    ``half_stars`` is the opinion of that day; the rating that counts is the ``Rating``. The note
    is the member's alone.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("user"),
        related_name="diary",
        on_delete=models.CASCADE,
        db_index=False,  # the unique constraint begins with it
    )
    movie = models.ForeignKey(
        Movie, verbose_name=_("film"), related_name="+", on_delete=models.CASCADE
    )
    watched_on = models.DateField(_("watched on"))
    half_stars = models.PositiveSmallIntegerField(_("half-stars"), null=True, blank=True)
    rewatch = models.BooleanField(_("seen before"), default=False)
    note = models.CharField(_("note"), max_length=20_000, blank=True)
    created_at = models.DateTimeField(_("written at"), default=timezone.now)

    objects = DiaryEntryQuerySet.as_manager()

    class Meta:
        ordering = ["-watched_on", "-pk"]
        verbose_name = _("diary entry")
        verbose_name_plural = _("diary entries")
        indexes = [
            models.Index(fields=["user", "watched_on", "id"], name="catalog_diary_by_day"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "movie", "watched_on"], name="catalog_diary_once_a_day"
            ),
            models.CheckConstraint(
                condition=models.Q(half_stars__isnull=True) | models.Q(half_stars__range=(1, 10)),
                name="catalog_diary_half_stars",
            ),
            models.CheckConstraint(
                condition=models.Q(watched_on__gte=FIRST_SHOW), name="catalog_diary_since_films"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.movie}, watched on {self.watched_on} by user {self.user_id}"

    @property
    def stars(self) -> float | None:
        return self.half_stars / 2 if self.half_stars else None

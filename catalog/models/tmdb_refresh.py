"""When a film was last fetched from TMDB, and when it is again."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from .movie import Movie


class RefreshProblem(models.TextChoices):
    NOT_THERE = "not-there", _("TMDB has no such film any more")
    UNREADABLE = "unreadable", _("TMDB's answer could not be read")


class TmdbRefresh(models.Model):
    """A film without a row was never fetched."""

    movie = models.OneToOneField(
        Movie,
        verbose_name=_("film"),
        related_name="tmdb_refresh",
        on_delete=models.CASCADE,
        primary_key=True,
    )
    fetched_at = models.DateTimeField(_("fetched at"), null=True, blank=True)
    due_at = models.DateTimeField(_("due at"), db_index=True)
    failures = models.PositiveSmallIntegerField(_("failures in a row"), default=0)
    problem = models.CharField(_("problem"), max_length=10, choices=RefreshProblem, blank=True)

    class Meta:
        ordering = ["due_at", "movie_id"]
        verbose_name = _("refresh from TMDB")
        verbose_name_plural = _("refreshes from TMDB")

    def __str__(self) -> str:
        return str(self.movie)

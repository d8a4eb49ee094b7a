"""What is in cinemas, and what comes soon, in the operator's country as TMDB has it."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .movie import Movie


class Chart(models.TextChoices):
    POPULAR_NOW = "now", _("Popular now")
    COMING_SOON = "soon", _("Coming soon")


class ChartEntry(models.Model):
    """For pages to browse; no recommendation looks at it."""

    chart = models.CharField(_("chart"), max_length=4, choices=Chart)
    position = models.PositiveSmallIntegerField(_("position"))
    movie = models.ForeignKey(
        Movie, verbose_name=_("film"), related_name="+", on_delete=models.CASCADE
    )
    fetched_at = models.DateTimeField(_("fetched at"), default=timezone.now)

    class Meta:
        ordering = ["chart", "position"]
        verbose_name = _("chart entry")
        verbose_name_plural = _("chart entries")
        constraints = [
            models.UniqueConstraint(fields=["chart", "position"], name="catalog_chart_place_once"),
            models.UniqueConstraint(fields=["chart", "movie"], name="catalog_chart_film_once"),
        ]

    def __str__(self) -> str:
        return f"{self.chart} {self.position}: {self.movie_id}"

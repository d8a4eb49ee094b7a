"""Titles and descriptions of films in the languages of the interface besides English."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from .movie import Movie


class FilmTranslation(models.Model):
    """What TMDB has of a film in one language; an empty field means: as it is in English."""

    movie = models.ForeignKey(
        Movie,
        verbose_name=_("film"),
        related_name="translations",
        on_delete=models.CASCADE,
        db_index=False,  # The constraint's index begins with it.
    )
    language = models.CharField(_("ISO 639-1 code"), max_length=2)
    title = models.CharField(_("title"), max_length=300, blank=True)
    overview = models.TextField(_("overview"), blank=True)
    tagline = models.CharField(_("tagline"), max_length=500, blank=True)

    class Meta:
        ordering = ["movie_id", "language"]
        verbose_name = _("translation of a film")
        verbose_name_plural = _("translations of films")
        constraints = [
            models.UniqueConstraint(fields=["movie", "language"], name="catalog_translation_once")
        ]

    def __str__(self) -> str:
        return f"{self.movie_id} in {self.language}"

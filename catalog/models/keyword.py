"""Keywords of films."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from .movie import Movie


class Keyword(models.Model):
    """What a film is about, in a word or two of TMDB's."""

    tmdb_id = models.PositiveIntegerField(_("TMDB id"), unique=True)
    name = models.CharField(_("name"), max_length=200)
    movies = models.ManyToManyField(
        Movie, verbose_name=_("films"), related_name="keywords", blank=True
    )

    class Meta:
        ordering = ["name", "pk"]
        verbose_name = _("keyword")
        verbose_name_plural = _("keywords")

    def __str__(self) -> str:
        return self.name

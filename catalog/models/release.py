"""When a film came out in a country, and from which age it may be seen there."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from .movie import Movie


class ReleaseKind(models.IntegerChoices):
    """By TMDB's numbers."""

    PREMIERE = 1, _("Premiere")
    LIMITED = 2, _("In a few cinemas")
    CINEMA = 3, _("In cinemas")
    DIGITAL = 4, _("Digital")
    PHYSICAL = 5, _("On disc")
    TV = 6, _("On television")


class Release(models.Model):
    """The first of its kind in its country."""

    movie = models.ForeignKey(
        Movie,
        verbose_name=_("film"),
        related_name="releases",
        on_delete=models.CASCADE,
        db_index=False,  # The constraint's index begins with it.
    )
    country = models.CharField(_("ISO 3166-1 code"), max_length=2)
    kind = models.PositiveSmallIntegerField(_("kind"), choices=ReleaseKind)
    released_on = models.DateField(_("released on"))
    certificate = models.CharField(_("certificate"), max_length=30, blank=True)

    class Meta:
        ordering = ["movie_id", "country", "released_on", "kind"]
        verbose_name = _("release")
        verbose_name_plural = _("releases")
        constraints = [
            models.UniqueConstraint(
                fields=["movie", "country", "kind"], name="catalog_release_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.movie_id} in {self.country}, {self.released_on}"

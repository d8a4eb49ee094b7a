"""What another program calls a film."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from .movie import Movie


class OutsideId(models.Model):
    """A film's id in the catalog of ``source``, a program that sends films and events."""

    movie = models.ForeignKey(
        Movie, verbose_name=_("film"), related_name="+", on_delete=models.CASCADE
    )
    source = models.SlugField(_("source"), max_length=50, db_index=False)
    external_id = models.CharField(_("id there"), max_length=200)

    class Meta:
        ordering = ["source", "external_id"]
        verbose_name = _("id in another program")
        verbose_name_plural = _("ids in other programs")
        constraints = [
            models.UniqueConstraint(
                fields=["source", "external_id"], name="catalog_outside_id_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.source}:{self.external_id}"

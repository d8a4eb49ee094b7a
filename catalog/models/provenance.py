"""Where each field of a film comes from, and whether an editor has locked it."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .movie import Movie


class Origin(models.TextChoices):
    DATASET = "dataset", _("a dataset")
    TMDB = "tmdb", _("TMDB")
    EDITOR = "editor", _("an editor")


class FieldProvenance(models.Model):
    """Who wrote one field of one film; a field without a row came with a dataset.

    TMDB's terms forbid training on what they give, so that no model is fitted on a field whose
    origin is TMDB; it may only say where among the others a film belongs.
    """

    movie = models.ForeignKey(
        Movie,
        verbose_name=_("film"),
        related_name="provenance",
        on_delete=models.CASCADE,
        db_index=False,  # The constraint's index begins with it.
    )
    field = models.CharField(_("field"), max_length=40)
    origin = models.CharField(_("origin"), max_length=10, choices=Origin)
    locked = models.BooleanField(_("locked against refreshes and imports"), default=False)
    written_at = models.DateTimeField(_("written at"), default=timezone.now)

    class Meta:
        ordering = ["movie_id", "field"]
        verbose_name = _("origin of a field")
        verbose_name_plural = _("origins of fields")
        constraints = [
            models.UniqueConstraint(fields=["movie", "field"], name="catalog_provenance_once")
        ]
        indexes = [
            models.Index(fields=["origin", "field"], name="catalog_provenance_by_origin"),
        ]

    def __str__(self) -> str:
        return f"{self.movie_id}.{self.field}: {self.origin}"

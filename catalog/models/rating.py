"""Ratings."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .movie import Movie


class RatingQuerySet(models.QuerySet["Rating"]):
    def history_of(self, user_id: int) -> "RatingQuerySet":
        """One user's ratings in the order they were made, oldest first."""
        return self.filter(user_id=user_id).order_by("rated_at", "pk")


class Rating(models.Model):
    """One user's rating of one film, in half-stars from 1 (0.5 stars) to 10 (5 stars)."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("user"),
        related_name="ratings",
        on_delete=models.CASCADE,
        db_index=False,  # the unique constraint begins with it
    )
    movie = models.ForeignKey(
        Movie, verbose_name=_("film"), related_name="ratings", on_delete=models.CASCADE
    )
    half_stars = models.PositiveSmallIntegerField(_("half-stars"))
    rated_at = models.DateTimeField(_("rated at"), default=timezone.now)
    # When this row was last written: what a model version has seen is told by it, because
    # imported ratings carry the time at which they were made elsewhere.
    updated_at = models.DateTimeField(_("changed at"), default=timezone.now, db_index=True)

    objects = RatingQuerySet.as_manager()

    class Meta:
        ordering = ["-rated_at", "-pk"]
        verbose_name = _("rating")
        verbose_name_plural = _("ratings")
        indexes = [
            models.Index(fields=["user", "rated_at", "id"], name="catalog_rating_history"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["user", "movie"], name="catalog_rating_once"),
            models.CheckConstraint(
                condition=models.Q(half_stars__range=(1, 10)), name="catalog_rating_half_stars"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.stars:g} stars for {self.movie} by user {self.user_id}"

    @property
    def stars(self) -> float:
        return self.half_stars / 2

"""What members answered when a film for tonight was proposed."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from catalog.models import Movie


class TonightAnswer(models.Model):
    """The film was taken, or another one was asked for; the newest answer about a film counts."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("user"),
        related_name="+",
        on_delete=models.CASCADE,
        db_index=False,  # The constraint's index begins with it.
    )
    movie = models.ForeignKey(
        Movie, verbose_name=_("film"), related_name="+", on_delete=models.CASCADE
    )
    taken = models.BooleanField(_("taken"))
    weekend = models.BooleanField(_("at the weekend"))
    answered_at = models.DateTimeField(_("answered at"), default=timezone.now)

    class Meta:
        ordering = ["-answered_at", "-pk"]
        verbose_name = _("answer about tonight")
        verbose_name_plural = _("answers about tonight")
        constraints = [
            models.UniqueConstraint(fields=["user", "movie"], name="recommender_tonight_once")
        ]

    def __str__(self) -> str:
        return f"movie {self.movie_id} {'taken' if self.taken else 'passed'} by {self.user_id}"

"""Deleted accounts: a row for each, so that trainings know that ratings are gone."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Departure(models.Model):
    """An account that was deleted with its ratings; the row does not say whose it was.

    A training looks at how many there are: nothing is continued from a version that may have
    learnt from somebody who has left since (``recommender.training.stages``).
    """

    left_at = models.DateTimeField(_("left at"), auto_now_add=True)

    class Meta:
        verbose_name = _("deleted account")
        verbose_name_plural = _("deleted accounts")

    def __str__(self) -> str:
        return f"an account deleted at {self.left_at:%Y-%m-%d %H:%M}"

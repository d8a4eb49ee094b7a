"""Members who left."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Departure(models.Model):
    """An account was deleted with its ratings; whose it was is known to nobody any more.

    A training looks at how many there are: nothing is continued from a version that may have
    learnt from somebody who has left since (``recommender.training.stages``).
    """

    left_at = models.DateTimeField(_("left at"), auto_now_add=True)

    class Meta:
        verbose_name = _("deleted account")
        verbose_name_plural = _("deleted accounts")

    def __str__(self) -> str:
        return f"an account deleted at {self.left_at:%Y-%m-%d %H:%M}"

"""When a member was last on the home page, and what stood there."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _


class HomeVisit(models.Model):
    """``before`` is when the visit before this one ended; None on the first."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        verbose_name=_("user"),
        related_name="+",
        primary_key=True,
        on_delete=models.CASCADE,
    )
    before = models.DateTimeField(_("visit before"), null=True, blank=True)
    rows_before = ArrayField(
        models.CharField(max_length=40), verbose_name=_("rows then"), default=list, blank=True
    )
    latest = models.DateTimeField(_("last seen"))
    rows_latest = ArrayField(
        models.CharField(max_length=40), verbose_name=_("rows now"), default=list, blank=True
    )

    class Meta:
        verbose_name = _("visit of the home page")
        verbose_name_plural = _("visits of the home page")

    def __str__(self) -> str:
        return f"user {self.user_id} at {self.latest:%Y-%m-%d %H:%M}"

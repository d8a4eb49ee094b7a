"""The services on which a member watches films."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from .provider import INCLUDED, Offer


class StreamingChoice(models.Model):
    """One row per member who named any. ``only_mine``: nothing else is recommended."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        verbose_name=_("user"),
        related_name="+",
        primary_key=True,
        on_delete=models.CASCADE,
    )
    country = models.CharField(_("ISO 3166-1 code"), max_length=2)
    providers = ArrayField(
        models.BigIntegerField(), verbose_name=_("providers"), default=list, blank=True
    )
    only_mine = models.BooleanField(_("only films on these services"), default=False)

    class Meta:
        verbose_name = _("services of a member")
        verbose_name_plural = _("services of members")

    def __str__(self) -> str:
        return f"{len(self.providers)} services of user {self.user_id} in {self.country}"

    @classmethod
    def of(cls, user_id: int | None) -> StreamingChoice | None:
        """None for somebody who has not named any."""
        return cls.objects.filter(user_id=user_id).first() if user_id else None

    def includes(self, movie: str = "pk") -> models.Exists:
        """A condition on films, or on what has one under the name ``movie``."""
        offers = Offer.objects.filter(
            movie_id=models.OuterRef(movie),
            country=self.country,
            kind__in=INCLUDED,
            provider_id__in=self.providers,
        )
        return models.Exists(offers)

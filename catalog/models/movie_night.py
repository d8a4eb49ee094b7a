"""A movie night: some people vote on proposals, each on a phone, with or without an account."""

from __future__ import annotations

import secrets

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

# Without those that are mistaken for others when somebody reads a code aloud.
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
CODE_LENGTH = 9


def new_code() -> str:
    """What the address of a night ends with: too many to be guessed while it lasts."""
    return "".join(secrets.choice(LETTERS) for _place in range(CODE_LENGTH))


class MovieNight(models.Model):
    """Proposals of a member, which whoever has the code can vote on until it ends."""

    host = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("host"),
        related_name="movie_nights",
        on_delete=models.CASCADE,
    )
    code = models.CharField(_("code"), max_length=16, unique=True, default=new_code)
    # Keys, not rows: a merged film answers under its old one, a film that is gone is left out.
    movie_ids = ArrayField(models.BigIntegerField(), verbose_name=_("films"))
    people = models.PositiveSmallIntegerField(_("how many vote"))
    started_at = models.DateTimeField(_("started at"), default=timezone.now)
    ends_at = models.DateTimeField(_("ends at"))
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)

    class Meta:
        ordering = ["-started_at", "-pk"]
        verbose_name = _("movie night")
        verbose_name_plural = _("movie nights")

    def __str__(self) -> str:
        return f"movie night {self.pk} of user {self.host_id}"

    @property
    def is_over(self) -> bool:
        return self.ended_at is not None or timezone.now() >= self.ends_at


class NightVoter(models.Model):
    """Somebody at a movie night. The key lies in the voter's own session."""

    night = models.ForeignKey(
        MovieNight, verbose_name=_("movie night"), related_name="voters", on_delete=models.CASCADE
    )
    name = models.CharField(_("name"), max_length=30)
    # Key of a film, as text, to 0 for no, 1 for fine, 2 for yes.
    votes = models.JSONField(_("votes"), default=dict)

    class Meta:
        ordering = ["pk"]
        verbose_name = _("voter")
        verbose_name_plural = _("voters")
        constraints = [
            models.UniqueConstraint("night", Lower("name"), name="catalog_night_voter_named_once")
        ]

    def __str__(self) -> str:
        return f"{self.name} at movie night {self.night_id}"

"""What a member lets others see and do."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser
from django.db import models
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

CHOICES = ("is_public", "findable", "shares_ratings", "watch_together", "shown_to_operators")


class Sharing(models.Model):
    """A member's choices. Whoever never chose has no row, and what the defaults say.

    Raters of imported datasets have none: they are inactive, and shown nowhere.
    """

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        verbose_name=_("user"),
        related_name="sharing",
        on_delete=models.CASCADE,
        primary_key=True,
    )
    is_public = models.BooleanField(
        _("public profile"), default=False, help_text=_("Others may see your ratings and lists.")
    )
    findable = models.BooleanField(
        _("can be found"),
        default=True,
        help_text=_("Members who know your user name may ask to be friends."),
    )
    shares_ratings = models.BooleanField(
        _("show ratings to friends"),
        default=True,
        help_text=_("Friends see on a film's page how many stars you gave it."),
    )
    watch_together = models.BooleanField(
        _("watch together"),
        default=True,
        help_text=_("Friends may include you when they look for a film for a group."),
    )
    shown_to_operators = models.BooleanField(
        _("help to check models"),
        default=False,
        help_text=_("Those who look after the models may compare your recommendations."),
    )
    # Written by ``catalog.services.moderation``, whatever the member chose.
    taken_down = models.BooleanField(_("profile taken down"), default=False, editable=False)

    class Meta:
        verbose_name = _("sharing")
        verbose_name_plural = _("sharing")

    def __str__(self) -> str:
        return f"what user {self.user_id} shares"

    @property
    def shows_profile(self) -> bool:
        """Whether others can see the profile."""
        return self.is_public and not self.taken_down

    @classmethod
    def of(cls, user: AbstractBaseUser) -> Sharing:
        """The user's choices, read with ``select_related("sharing")`` where there are many users.

        Not stored yet, and the defaults, where the user never chose.
        """
        try:
            sharing: Sharing = user.sharing  # type: ignore[attr-defined]
        except cls.DoesNotExist:
            return cls(user_id=user.pk)
        return sharing


def shares(choice: str, *, user: str = "") -> Coalesce:
    """A choice as a condition on users, or on what has one under the name ``user``."""
    default = getattr(Sharing(), choice)
    path = f"{user}__sharing" if user else "sharing"
    return Coalesce(f"{path}__{choice}", models.Value(default), output_field=models.BooleanField())

"""The language in which a member reads, for what is written while no page is asked for."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class MemberLanguage(models.Model):
    """That of the page on which a member signed in first, until another is chosen."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        verbose_name=_("user"),
        related_name="+",
        primary_key=True,
        on_delete=models.CASCADE,
    )
    language = models.CharField(_("language"), max_length=10)

    class Meta:
        verbose_name = _("language of a member")
        verbose_name_plural = _("languages of members")

    def __str__(self) -> str:
        return f"{self.language} for user {self.user_id}"

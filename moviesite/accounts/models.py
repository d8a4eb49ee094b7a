"""The user of the site."""

from collections.abc import Iterable
from typing import Any

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils.translation import gettext_lazy as _

from .look_alikes import look_of


class User(AbstractUser):
    """A person who rates films, or a rater of an imported dataset (inactive, no password)."""

    # Imported raters are many and never log in; the site's own lists leave them out.
    imported = models.BooleanField(_("imported rater"), default=False, editable=False)

    # How the name looks (``look_alikes.look_of``), for members; old ones may look the same.
    name_look = models.CharField(max_length=600, default="", db_default="", editable=False)

    class Meta(AbstractUser.Meta):
        constraints = [
            models.CheckConstraint(
                condition=models.Q(imported=False) | models.Q(is_active=False),
                name="accounts_user_imported_is_inactive",
            ),
        ]
        indexes = [
            models.Index(
                fields=["name_look"],
                condition=models.Q(imported=False),
                name="accounts_user_name_look",
            ),
        ]

    def save(self, *args: Any, update_fields: Iterable[str] | None = None, **kwargs: Any) -> None:
        """The look follows the name, also where only some fields are written."""
        self.name_look = "" if self.imported else look_of(self.username)
        if update_fields is not None:
            update_fields = {*update_fields}
            if "username" in update_fields:
                update_fields.add("name_look")
        super().save(*args, update_fields=update_fields, **kwargs)

    def clean(self) -> None:
        """A name that is new here is no other's: for every form that sets one."""
        super().clean()
        from .names import refuse_other_names

        if not User.objects.filter(pk=self.pk, username=self.username).exists():
            refuse_other_names(self.username, self.pk)


class ApiToken(models.Model):
    """A personal access token for the API; only its hash is kept."""

    user = models.ForeignKey(
        User, verbose_name=_("user"), related_name="api_tokens", on_delete=models.CASCADE
    )
    name = models.CharField(_("name"), max_length=100)
    token_hash = models.CharField(_("SHA-256"), max_length=64, unique=True, editable=False)
    hint = models.CharField(_("begins with"), max_length=8, editable=False)
    created_at = models.DateTimeField(_("made at"), auto_now_add=True)
    last_used_at = models.DateTimeField(_("last used at"), null=True, editable=False)

    class Meta:
        ordering = ["-created_at"]
        verbose_name = _("API token")
        verbose_name_plural = _("API tokens")

    def __str__(self) -> str:
        return f"{self.name} ({self.hint}…)"


class AuditAction(models.TextChoices):
    LOGGED_IN = "logged_in", _("logged in")
    REFUSED = "refused", _("log-in refused")
    PASSWORD = "password", _("password changed")
    FACTOR = "factor", _("second factor changed")
    ADDRESS = "address", _("e-mail address changed")
    TOKEN = "token", _("API token made or removed")
    ACCOUNT = "account", _("account or rights changed by staff")
    SETTING = "setting", _("setting changed")
    EXPORT = "export", _("data exported")
    DELETION = "deletion", _("account deleted")
    PUBLISH = "publish", _("model published")


class AuditEntry(models.Model):
    """What was done that matters for safety: written by ``audit.record``, and never changed.

    Of an account that is deleted the entries stay, without whose they were and from where.
    """

    at = models.DateTimeField(_("at"), auto_now_add=True)
    action = models.CharField(_("what"), max_length=20, choices=AuditAction.choices)
    actor = models.ForeignKey(
        User, verbose_name=_("by"), related_name="+", null=True, on_delete=models.SET_NULL
    )
    ip = models.GenericIPAddressField(_("address"), null=True)
    about = models.CharField(_("about"), max_length=200, blank=True)
    detail = models.CharField(_("detail"), max_length=500, blank=True)

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("audit entry")
        verbose_name_plural = _("audit trail")
        indexes = [models.Index(fields=["at"], name="accounts_audit_at")]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.action} {self.about}"

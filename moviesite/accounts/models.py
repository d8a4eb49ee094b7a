"""The user of the site, and how one becomes a member."""

import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models.functions import Upper
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from catalog.folding import look_of


class User(AbstractUser):
    """A person who rates films, or a rater of an imported dataset (inactive, no password)."""

    # Imported raters are many and never log in; the site's own lists leave them out.
    imported = models.BooleanField(_("imported rater"), default=False, editable=False)

    # How the name looks (``folding.look_of``), for members; old ones may look the same.
    name_look = models.CharField(max_length=600, default="", db_default="", editable=False)

    # By which the proxy's header finds this account; none: it does not, whatever the user name.
    proxy_name = models.CharField(  # noqa: DJ001 -- many have none, and none is not unique
        _("name at the proxy"),
        max_length=150,
        null=True,
        blank=True,
        help_text=_("Whom the proxy calls so comes into this account."),
    )

    class Meta(AbstractUser.Meta):
        constraints = [
            models.UniqueConstraint(
                Upper("proxy_name"),
                name="accounts_user_proxy_name",
                violation_error_message=_("The proxy's member of this name has another account."),
            ),
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
            try:
                refuse_other_names(self.username, self.pk)
            except ValidationError as error:
                raise ValidationError({"username": error}) from error


class Scope(models.TextChoices):
    """What a token may do; each allows what stands before it."""

    READ = "read", _("read")
    WRITE = "write", _("read and change")
    ADMIN = "admin", _("read, change, and what your role in the administration allows")


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
    # Older tokens may do what there was to do when they were made.
    scope = models.CharField(_("may"), max_length=10, choices=Scope.choices, default=Scope.WRITE)
    expires_at = models.DateTimeField(_("ends at"), null=True, blank=True)
    # Of the password's hash; blank where the token outlives a change of password.
    password_digest = models.CharField(max_length=64, blank=True, default="", editable=False)

    class Meta:
        ordering = ["-created_at"]
        verbose_name = _("API token")
        verbose_name_plural = _("API tokens")

    def __str__(self) -> str:
        return f"{self.name} ({self.hint}…)"

    @property
    def has_ended(self) -> bool:
        return self.expires_at is not None and self.expires_at <= timezone.now()


class KeptAnswer(models.Model):
    """What the API answered to a request with an idempotency key, for whoever sends it again."""

    user = models.ForeignKey(
        User, verbose_name=_("user"), related_name="+", on_delete=models.CASCADE, db_index=False
    )
    key = models.CharField(max_length=255)
    fingerprint = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField()
    content_type = models.CharField(max_length=100)
    content = models.TextField()
    created_at = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name = _("kept answer")
        verbose_name_plural = _("kept answers")
        constraints = [
            models.UniqueConstraint(fields=["user", "key"], name="accounts_kept_answer_once")
        ]

    def __str__(self) -> str:
        return f"answer {self.status} to user {self.user_id}"


class SignUp(models.TextChoices):
    OPEN = "open", _("open: whoever comes may sign up")
    INVITATION = "invitation", _("by invitation: who has a link may sign up")
    CLOSED = "closed", _("closed: administrators make accounts")


class SignUpPolicy(models.Model):
    """Who may sign up; one row, none before an administrator has chosen."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    sign_up = models.CharField(_("sign-up"), max_length=10, choices=SignUp)

    class Meta:
        # The model's name was Door. Table and constraints keep it: while a site is upgraded,
        # processes of the release before go on reading the table.
        db_table = "accounts_door"
        verbose_name = _("sign-up policy")
        verbose_name_plural = _("sign-up policy")
        constraints = [
            models.CheckConstraint(condition=models.Q(id=1), name="accounts_door_is_one"),
            models.CheckConstraint(
                condition=models.Q(sign_up__in=SignUp.values), name="accounts_door_is_known"
            ),
        ]

    def __str__(self) -> str:
        return self.get_sign_up_display()

    @classmethod
    def current(cls) -> "SignUpPolicy":
        """As chosen; else open where only this machine can come in, and closed elsewhere."""
        chosen = cls.objects.first()
        return chosen or cls(sign_up=SignUp.OPEN if settings.LOCAL else SignUp.CLOSED)


def make_token() -> str:
    return secrets.token_urlsafe(16)


def in_two_weeks() -> datetime:
    return timezone.now() + timedelta(days=14)


class Invitation(models.Model):
    """A link by which so many people may sign up until it ends."""

    MOST_USES = 1000

    token = models.CharField(max_length=32, unique=True, default=make_token, editable=False)
    note = models.CharField(
        _("note"), max_length=100, blank=True, help_text=_("For whom it is; only staff see it.")
    )
    uses = models.PositiveSmallIntegerField(
        _("number of uses"),
        default=1,
        validators=[MinValueValidator(1), MaxValueValidator(MOST_USES)],
    )
    used = models.PositiveSmallIntegerField(_("used"), default=0, editable=False)
    ends_at = models.DateTimeField(_("ends"), default=in_two_weeks)
    created_at = models.DateTimeField(_("made at"), auto_now_add=True)

    class Meta:
        ordering = ["-created_at"]
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(used__lte=models.F("uses")), name="accounts_invitation_uses"
            )
        ]

    def __str__(self) -> str:
        return self.note or f"{self.token[:4]}…"

    @property
    def is_open(self) -> bool:
        return self.used < self.uses and self.ends_at > timezone.now()


class QuickPin(models.Model):
    """What a member types instead of the password, on a device where that was typed before."""

    user = models.OneToOneField(
        User, primary_key=True, related_name="quick_pin", on_delete=models.CASCADE
    )
    pin_hash = models.CharField(max_length=128, editable=False)

    def __str__(self) -> str:
        return str(self.user)


class AuditAction(models.TextChoices):
    LOGGED_IN = "logged_in", _("logged in")
    REFUSED = "refused", _("log-in refused")
    PASSWORD = "password", _("password changed")
    FACTOR = "factor", _("second factor changed")
    ADDRESS = "address", _("e-mail address changed")
    SESSIONS = "sessions", _("signed out everywhere")
    TOKEN = "token", _("API token made or removed")
    ACCOUNT = "account", _("account or rights changed by staff")
    SETTING = "setting", _("setting changed")
    EXPORT = "export", _("data exported")
    DELETION = "deletion", _("account deleted")
    PUBLISH = "publish", _("model published")
    DATASET = "dataset", _("dataset brought in or taken out")


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
        return f"{self.at:%Y-%m-%d %H:%M} {self.get_action_display()} {self.about}"

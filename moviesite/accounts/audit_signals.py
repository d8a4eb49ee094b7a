"""What happens elsewhere, as entries of the audit trail."""

from __future__ import annotations

from typing import Any

from allauth.account import signals as account_signals
from allauth.mfa import signals as factor_signals
from django.contrib.admin.models import LogEntry
from django.contrib.auth import signals as auth_signals
from django.db.models.signals import post_save
from django.http import HttpRequest

from recommender.models import ModelVersion

from .audit import account, record
from .models import AuditAction
from .throttles import named_account

# Changed in the administration: whom it gives rights or lets in, and how the site works.
OF_ACCOUNTS = {"accounts", "auth", "account", "mfa", "usersessions"}
OF_SETTINGS = {"recommender", "django_celery_beat"}


def connect() -> None:
    """Called when the site starts."""
    auth_signals.user_logged_in.connect(_logged_in, dispatch_uid="audit.in")
    auth_signals.user_login_failed.connect(_refused, dispatch_uid="audit.refused")
    for name in ("password_changed", "password_set", "password_reset"):
        getattr(account_signals, name).connect(_password, dispatch_uid=f"audit.{name}")
    for name in ("email_changed", "email_added", "email_removed"):
        getattr(account_signals, name).connect(_address, dispatch_uid=f"audit.{name}")
    for name in ("authenticator_added", "authenticator_removed", "authenticator_reset"):
        getattr(factor_signals, name).connect(_factor, dispatch_uid=f"audit.{name}")
    factor_signals.authentication_failed.connect(_code_refused, dispatch_uid="audit.code")
    post_save.connect(_administered, sender=LogEntry, dispatch_uid="audit.admin")
    post_save.connect(_published, sender=ModelVersion, dispatch_uid="audit.version")


def _logged_in(sender: object, user: Any, **_: object) -> None:
    record(AuditAction.LOGGED_IN, actor=user, about=account(user))


def _refused(
    sender: object, credentials: dict[str, Any], request: HttpRequest | None = None, **_: object
) -> None:
    """What was typed is not kept: people type passwords into the wrong field."""
    login = str(credentials.get("username") or credentials.get("email") or "")
    if login:
        found = named_account(login)
        record(AuditAction.REFUSED, about=account(found) if found else "")


def _code_refused(sender: object, user: Any, authenticator: Any, **_: object) -> None:
    """Worth a look: who comes that far has the password."""
    record(AuditAction.REFUSED, about=account(user), detail=str(authenticator.type))


def _password(sender: object, user: Any, **_: object) -> None:
    record(AuditAction.PASSWORD, actor=user, about=account(user))


def _address(sender: object, user: Any, **_: object) -> None:
    record(AuditAction.ADDRESS, actor=user, about=account(user))


def _factor(sender: object, user: Any, authenticator: Any, **_: object) -> None:
    record(AuditAction.FACTOR, actor=user, about=account(user), detail=str(authenticator.type))


def _administered(sender: object, instance: LogEntry, created: bool, **_: object) -> None:
    if not created or instance.content_type is None:
        return
    kind = instance.content_type
    if kind.app_label in OF_ACCOUNTS:
        action = AuditAction.ACCOUNT
    elif kind.app_label in OF_SETTINGS:
        action = AuditAction.SETTING
    elif (kind.app_label, kind.model) == ("catalog", "datasetjob"):
        record(
            AuditAction.DATASET,
            actor=instance.user,
            about=f"{kind.model} {instance.object_id}",
            detail=instance.get_change_message(),
        )
        return
    else:
        return
    about = f"{kind.model} {instance.object_id}"
    record(action, actor=instance.user, about=about, detail=_fields_of(instance))


def _fields_of(entry: LogEntry) -> str:
    """The fields that were changed, without what objects were called."""
    message = entry.get_change_message()
    return message if entry.is_change() and "“" not in message else entry.get_action_flag_display()


def _published(
    sender: object, instance: ModelVersion, update_fields: Any = None, **_: object
) -> None:
    if update_fields and "published_at" in update_fields:
        about = f"version {instance.pk}"
        record(AuditAction.PUBLISH, about=about, detail=instance.kind)

"""Names in texts that outlive an account, and no longer name it then."""

from __future__ import annotations

import re
from collections.abc import Callable

from allauth.account.models import EmailAddress
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db.models import Model, Q

from catalog.models import DatasetJob
from recommender.models import ModelVersion, TrainingRun

from .models import AuditEntry, User
from .privacy import LEFT_OUT, PARTS

# Texts in which staff are named as "by NAME".
DONE_BY: tuple[tuple[type[Model], str], ...] = (
    (ModelVersion, "reason"),
    (TrainingRun, "trigger_detail"),
    (TrainingRun, "reason"),
    (TrainingRun, "log"),
)


def forget_names(user: User) -> None:
    """Before the account goes: what stays says "user 7", and no address or network address."""
    names = [user.get_username(), user.email]
    names += EmailAddress.objects.filter(user=user).values_list("email", flat=True)
    names = [name for name in dict.fromkeys(names) if name]
    neutral = f"user {user.pk}"
    _in_the_history(user, names, neutral)
    by = _replacement([f"by {names[0]}"], f"by {neutral}")
    for model, field in DONE_BY:
        _rewrite(model, field, f"by {names[0]}", by)
    for job in DatasetJob.objects.filter(asked_by=user):
        job.source = _replacement(names, "…", whole=False)(job.source)
        job.save(update_fields=["source"])
    AuditEntry.objects.filter(actor=user).update(ip=None)


def _in_the_history(user: User, names: list[str], neutral: str) -> None:
    """What administrators did to the account and to what belongs to it."""
    entries = LogEntry.objects.filter(content_type__in=_of_members()).exclude(user=user)
    of_account = Q(content_type=ContentType.objects.get_for_model(User), object_id=str(user.pk))
    entries.filter(of_account).update(object_repr=neutral)
    replaced = _replacement(names, neutral)
    mentioned = Q()
    for name in names:
        mentioned |= Q(object_repr__icontains=name) | Q(change_message__icontains=name)
    for entry in entries.filter(mentioned):
        entry.object_repr = replaced(entry.object_repr)
        entry.change_message = replaced(entry.change_message)
        entry.save(update_fields=["object_repr", "change_message"])


def _of_members() -> list[ContentType]:
    """Of the tables that have something of members: a film may be called as a member is."""
    labels = {part.model._meta.label_lower for part in PARTS} | set(LEFT_OUT)
    pairs = [label.split(".") for label in labels]
    known = ContentType.objects.filter(app_label__in={app for app, _ in pairs})
    return [one for one in known if [one.app_label, one.model] in pairs]


def _rewrite(model: type[Model], field: str, text: str, replaced: Callable[[str], str]) -> None:
    for row in model._default_manager.filter(**{f"{field}__contains": text}):
        new = replaced(getattr(row, field))
        model._default_manager.filter(pk=row.pk).update(**{field: new})


def _replacement(names: list[str], neutral: str, *, whole: bool = True) -> Callable[[str], str]:
    """Replaces each name where it stands for itself, and is no part of a longer one."""
    any_of = "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))
    pattern = rf"(?<![\w.@+-])(?:{any_of})(?![\w@+-])" if whole else any_of
    found = re.compile(pattern, re.IGNORECASE)
    return lambda text: found.sub(neutral, text)

"""What goes by its age: ended sessions, old records; and secrets that wait for today's key."""

from __future__ import annotations

from datetime import timedelta
from importlib import import_module
from typing import Any

import structlog
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.admin.models import LogEntry
from django.contrib.sessions.models import Session
from django.db.models import QuerySet
from django.utils import timezone

from recommender.models import TrainingRun

from .models import AuditEntry
from .sealed import seal_anew

log = structlog.get_logger(__name__)


def clean_up() -> None:
    """What a night does for accounts."""
    import_module(settings.SESSION_ENGINE).SessionStore.clear_expired()
    listed = UserSession.objects.exclude(session_key__in=Session.objects.values("session_key"))
    ended, _ = listed.delete()
    drop_old(AuditEntry.objects.all(), "at", settings.MATINEE_AUDIT_DAYS)
    drop_old(LogEntry.objects.all(), "action_time", settings.MATINEE_HISTORY_DAYS)
    drop_old(TrainingRun.objects.finished(), "requested_at", settings.MATINEE_RUN_DAYS)
    sealed = seal_anew()
    log.info("accounts_cleaned", sessions_ended=ended, secrets_sealed=sealed)


def drop_old(rows: QuerySet[Any], column: str, days: int) -> None:
    """Delete what is older than ``days``; 0 keeps it for ever."""
    if days:
        rows.filter(**{f"{column}__lt": timezone.now() - timedelta(days=days)}).delete()

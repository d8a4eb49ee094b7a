"""What goes by its age: ended sessions, and secrets that wait for today's key."""

from __future__ import annotations

from importlib import import_module

import structlog
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.sessions.models import Session

from .sealed import seal_anew

log = structlog.get_logger(__name__)


def clean_up() -> None:
    """Each step by itself: one that fails keeps no other from being done tonight."""
    import_module(settings.SESSION_ENGINE).SessionStore.clear_expired()
    listed = UserSession.objects.exclude(session_key__in=Session.objects.values("session_key"))
    ended, _ = listed.delete()
    sealed = seal_anew()
    log.info("accounts_cleaned", sessions_ended=ended, secrets_sealed=sealed)

"""The audit trail: who got in, who was refused, and what was changed that matters for safety.

Accounts are named by their number, so that an entry outlives a name.
"""

from __future__ import annotations

from typing import Any

import structlog
from django.contrib.auth.base_user import AbstractBaseUser

from .models import AuditAction, AuditEntry, User

MOST_ABOUT, MOST_DETAIL = 200, 500


def record(
    action: AuditAction,
    *,
    actor: AbstractBaseUser | None = None,
    about: str = "",
    detail: str = "",
) -> None:
    """Add an entry; who asks, and from where, is what the request's logs say of it."""
    request = structlog.contextvars.get_contextvars()
    by = actor.pk if actor is not None else request.get("user_id")
    is_there = by is not None and User.objects.filter(pk=by).exists()
    AuditEntry.objects.create(
        action=action,
        actor_id=by if is_there else None,
        # Who has just left leaves no address either.
        ip=request.get("ip") or None if by is None or is_there else None,
        about=about[:MOST_ABOUT],
        detail=detail[:MOST_DETAIL],
    )


def account(user: Any) -> str:
    """An account in the words of an entry."""
    return f"user {user.pk}"

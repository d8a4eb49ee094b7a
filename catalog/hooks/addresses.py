"""Addresses for media servers: made and shown once, replaced, removed, found by their token."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from catalog.models import HookAddress

SECRET_BYTES = 32
LONGEST_TOKEN = 200
USED_EVERY = timedelta(minutes=5)  # how exactly the last use is written down


def replace(user_id: int | None, account: str | None = None) -> tuple[HookAddress, str]:
    """A new address of a member, or of the household, and its token; an old one is gone.

    The token cannot be had a second time. ``account`` None: as it was.
    """
    token = secrets.token_urlsafe(SECRET_BYTES)
    with transaction.atomic():
        address, _ = HookAddress.objects.select_for_update().get_or_create(
            user_id=user_id,  # type: ignore[misc]  # None is the household's
            defaults={"token_hash": _hash_of(token), "hint": token[:4]},
        )
        address.token_hash, address.hint = _hash_of(token), token[:4]
        address.created_at, address.last_used_at = timezone.now(), None
        if account is not None:
            address.account = account
        address.save()
    return address, token


def remove(user_id: int | None) -> bool:
    """True where there was one."""
    deleted, _ = HookAddress.objects.filter(user_id=user_id).delete()  # type: ignore[misc]
    return bool(deleted)


def set_account(user_id: int, account: str) -> None:
    """Listen to this user of the server only; to all where it is blank."""
    HookAddress.objects.filter(user_id=user_id).update(account=account)


def find(token: str) -> HookAddress | None:
    """The address that a token belongs to, of an active member or of the household."""
    if not 0 < len(token) <= LONGEST_TOKEN:
        return None
    found = HookAddress.objects.select_related("user").filter(token_hash=_hash_of(token)).first()
    if found is None or (found.user is not None and not found.user.is_active):
        return None
    now = timezone.now()
    if found.last_used_at is None or now - found.last_used_at > USED_EVERY:
        HookAddress.objects.filter(pk=found.pk).update(last_used_at=now)
    return found


def _hash_of(token: str) -> str:
    """SHA-256 in hex: the token has 256 random bits, so that a slow hash would add nothing."""
    return hashlib.sha256(token.encode()).hexdigest()

"""The key that a member gives for a server: sealed, in the cache, until its task takes it out."""

from __future__ import annotations

import base64
import hashlib

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.core.cache import cache

SECONDS = 15 * 60


def put(sync_id: int, address: str, key: str, user: str) -> None:
    sealed = _fernet().encrypt("\n".join((address, key, user)).encode())
    cache.set(_name(sync_id), sealed, SECONDS)


def take(sync_id: int) -> tuple[str, str, str] | None:
    """Address, key and user, once; None when they are gone."""
    sealed = cache.get(_name(sync_id))
    cache.delete(_name(sync_id))
    if sealed is None:
        return None
    try:
        address, key, user = _fernet().decrypt(sealed, SECONDS).decode().split("\n")
    except (InvalidToken, ValueError):
        return None
    return address, key, user


def _fernet() -> MultiFernet:
    """Sealed by today's key; what was sealed by a former one a moment ago is opened too."""
    keys = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    digests = (hashlib.sha256(b"catalog.hooks.keys" + key.encode()).digest() for key in keys)
    return MultiFernet([Fernet(base64.urlsafe_b64encode(digest)) for digest in digests])


def _name(sync_id: int) -> str:
    return f"catalog.hooks.key.{sync_id}"

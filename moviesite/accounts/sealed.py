"""Secrets of second factors as the database has them: sealed by a key made from ``SECRET_KEY``."""

from __future__ import annotations

import base64
import hashlib

import structlog
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import generate_totp_secret
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings

log = structlog.get_logger(__name__)

MARK = "sealed:"  # what is not marked was written before secrets were sealed


class FactorAdapter(DefaultMFAAdapter):
    """allauth's own, which leaves the sealing to the site."""

    def encrypt(self, text: str) -> str:
        return seal(text)

    def decrypt(self, encrypted_text: str) -> str:
        """Under a key that is gone: a secret that nobody knows, so that no code fits."""
        try:
            return opened(encrypted_text)
        except InvalidToken:
            log.error("factor_not_opened", hint="It was sealed by another SECRET_KEY.")
            return generate_totp_secret()


def seal(text: str) -> str:
    return MARK + _fernets().encrypt(text.encode()).decode()


def opened(text: str) -> str:
    """What was sealed, under the key of today or a former one; old text as it is."""
    if not text.startswith(MARK):
        return text
    return _fernets().decrypt(text.removeprefix(MARK).encode()).decode()


def seal_anew() -> int:
    """Seal by today's key what is not sealed yet, or by a former key. How many were changed."""
    newest, changed = _fernet(settings.SECRET_KEY), 0
    for factor in Authenticator.objects.exclude(type=Authenticator.Type.WEBAUTHN):
        data = {name: _anew(value, newest) for name, value in factor.data.items()}
        if data != factor.data:
            # Not what somebody used up in the meantime.
            unchanged = Authenticator.objects.filter(pk=factor.pk, data=factor.data)
            changed += unchanged.update(data=data)
    return changed


def _anew(value: object, newest: Fernet) -> object:
    if isinstance(value, list):
        return [_anew(one, newest) for one in value]
    if not isinstance(value, str) or _is_of(value, newest):
        return value
    try:
        return seal(opened(value))
    except InvalidToken:  # of a key that is gone
        return value


def _is_of(text: str, fernet: Fernet) -> bool:
    if not text.startswith(MARK):
        return False
    try:
        fernet.decrypt(text.removeprefix(MARK).encode())
    except InvalidToken:
        return False
    return True


def _fernets() -> MultiFernet:
    return MultiFernet(
        [_fernet(key) for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)]
    )


def _fernet(key: str) -> Fernet:
    digest = hashlib.sha256(b"moviesite.accounts.sealed" + key.encode()).digest()
    return Fernet(base64.urlsafe_b64encode(digest))

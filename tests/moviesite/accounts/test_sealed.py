"""Secrets of factors are sealed, old ones work, and a new key ends nothing but what it should."""

from __future__ import annotations

from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    hotp_value,
    yield_hotp_counters_from_time,
)
from cryptography.fernet import InvalidToken
from django.contrib.auth.tokens import default_token_generator
from django.core import signing
from django.core.cache import cache
from django.test import Client

from moviesite.accounts.models import User
from moviesite.accounts.sealed import MARK, opened, seal, seal_anew
from moviesite.accounts.tokens import create_token

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("plain_static")]

SECRET = "JBSWY3DPEHPK3PXP"
NEW = "another-key-of-the-site-with-enough-letters-in-it-to-pass"


@pytest.fixture
def ida() -> User:
    cache.clear()
    return User.objects.create_user("ida", password="x")


def rotate(settings: Any, *, keep: bool) -> None:
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY] if keep else []
    settings.SECRET_KEY = NEW


def opens(user: User) -> bool:
    """Whether the code that an app shows is taken."""
    cache.clear()
    totp = Authenticator.objects.get(user=user, type="totp").wrap()
    return bool(
        totp.validate_code(
            format_hotp_value(hotp_value(SECRET, list(yield_hotp_counters_from_time())[1]))
        )
    )


def test_the_database_has_no_secret_in_the_clear(ida: User) -> None:
    TOTP.activate(ida, SECRET)
    RecoveryCodes.activate(ida)
    assert opens(ida)
    for factor in Authenticator.objects.all():
        assert SECRET not in str(factor.data)
        assert [value for value in factor.data.values() if str(value).startswith(MARK)]


def test_old_secrets_work_and_are_sealed_at_night(ida: User) -> None:
    Authenticator.objects.create(user=ida, type="totp", data={"secret": SECRET})
    old = Authenticator.objects.create(
        user=ida, type="recovery_codes", data={"seed": "abc", "used_mask": 1}
    )
    codes = old.wrap().generate_codes()
    assert opens(ida)
    assert seal_anew() == 2
    assert seal_anew() == 0
    assert opens(ida)
    old.refresh_from_db()
    assert old.data["used_mask"] == 1
    assert old.wrap().generate_codes() == codes


def test_a_former_key_opens_until_it_is_left_out(ida: User, settings: Any) -> None:
    TOTP.activate(ida, SECRET)
    rotate(settings, keep=True)
    assert opens(ida)
    assert seal_anew() == 1
    settings.SECRET_KEY_FALLBACKS = []
    assert opens(ida), "sealed anew in time"
    sealed = seal("x")
    settings.SECRET_KEY = "a third key"
    with pytest.raises(InvalidToken):
        opened(sealed)
    assert not opens(ida), "refused, and no error"


@pytest.mark.parametrize("keep", [True, False])
def test_a_new_key_ends_what_the_former_signed_unless_it_is_kept(
    ida: User, settings: Any, keep: bool
) -> None:
    client = Client()
    client.force_login(ida, "django.contrib.auth.backends.ModelBackend")
    client.get("/ratings/")
    link = default_token_generator.make_token(ida)
    step = signing.dumps("a step to undo")
    _token, text = create_token(ida, "script")
    rotate(settings, keep=keep)
    assert (client.get("/ratings/").status_code == 200) is keep
    assert default_token_generator.check_token(ida, link) is keep
    headers = {"Authorization": f"Bearer {text}"}
    answer = Client().get("/api/v1/me/ratings", headers=headers)
    assert answer.status_code == 200, "tokens are no signatures"
    try:
        signing.loads(step)
    except signing.BadSignature:
        assert not keep
    else:
        assert keep

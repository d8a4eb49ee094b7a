"""The administrator of a first local run."""

import os
import secrets
from pathlib import Path

from django.contrib.auth import get_user_model

from moviesite.local.console import say

USERNAME = "admin"


def ensure_administrator(var: Path) -> None:
    """Where nobody administers the site yet, make ``admin`` with a random password.

    The password is printed once and kept in ``var/admin-password``, which only its owner reads.
    """
    users = get_user_model().objects
    if users.filter(is_superuser=True, is_active=True).exists():
        return
    password = secrets.token_urlsafe(12)
    path = var / "admin-password"
    path.unlink(missing_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(f"{password}\n")
    administrator, _ = users.get_or_create(username=USERNAME)
    administrator.email = administrator.email or "admin@localhost"
    administrator.is_staff = administrator.is_superuser = administrator.is_active = True
    administrator.set_password(password)
    administrator.save()
    say(f"Administrator: {USERNAME}, password: {password} (kept in {path})")

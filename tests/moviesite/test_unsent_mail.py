"""A public site without a mail server tells those who run it, and prints no mail."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from pytest_django import Settings

from moviesite.unsent_mail import UNSENT, check_mail

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("url", ["", "consolemail://"])
def test_a_public_site_never_prints_a_mail(url: str) -> None:
    """Not even by a setting: its links open accounts."""
    code = (
        "import django; django.setup(); from django.core.mail import send_mail;"
        "send_mail('a link', 'https://films.example/reset/secret', None, ['ida@films.example'])"
    )
    environment = {name: value for name, value in os.environ.items() if name != "MATINEE_LOCAL"}
    environment |= {"EMAIL_URL": url, "DJANGO_SETTINGS_MODULE": "moviesite.settings"}
    told = subprocess.run(
        [sys.executable, "-c", code],
        env=environment,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert "mail_not_sent" in told.stdout + told.stderr
    assert "secret" not in told.stdout + told.stderr


def test_without_a_mail_server_the_deployment_check_fails(settings: Settings) -> None:
    assert check_mail() == []
    settings.EMAIL_BACKEND = UNSENT
    assert [message.id for message in check_mail()] == ["matinee.E001"]

"""Commands for accounts and mail, where nobody may open a page yet."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from pathlib import Path

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.core import mail
from django.core.management import CommandError, call_command
from pytest_django import Settings

from moviesite.accounts.models import User
from moviesite.unsent_mail import UNSENT, check_mail

PASSWORD = "a-long-and-calm-evening-42"
ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def password_file(tmp_path: Path) -> str:
    (tmp_path / "password").write_text(f"{PASSWORD}\n")
    return str(tmp_path / "password")


@pytest.mark.django_db
def test_an_account_is_made_with_a_confirmed_address(password_file: str) -> None:
    call_command(
        "user", "create", "ida", "--email", "ida@films.example", "--password-file", password_file
    )
    ida = User.objects.get(username="ida")
    assert ida.check_password(PASSWORD)
    assert not ida.is_staff
    assert EmailAddress.objects.filter(user=ida, verified=True, primary=True).exists()
    for name, email in (("IDA", ""), ("eve", "Ida@films.example"), ("e v e", "")):
        with pytest.raises(CommandError):
            call_command("user", "create", name, "--email", email, "--password-file", password_file)
    assert User.objects.count() == 1


@pytest.mark.django_db
def test_a_password_comes_from_a_file_from_input_or_is_made(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    ida = User.objects.create_user("ida", password=PASSWORD)
    monkeypatch.setattr(sys, "stdin", io.StringIO("another-quiet-matinee-77\n"))
    call_command("user", "password", "Ida", "--password-file", "-")
    ida.refresh_from_db()
    assert ida.check_password("another-quiet-matinee-77")
    capsys.readouterr()
    call_command("user", "password", "ida")
    made = capsys.readouterr().out.partition("Password: ")[2].splitlines()[0]
    ida.refresh_from_db()
    assert ida.check_password(made)
    monkeypatch.setattr(sys, "stdin", io.StringIO("1234\n"))
    with pytest.raises(CommandError, match="too short"):
        call_command("user", "password", "ida", "--password-file", "-")
    with pytest.raises(CommandError, match="There is no member eve"):
        call_command("user", "password", "eve")


@pytest.mark.django_db
def test_factors_are_taken_off_and_members_promoted() -> None:
    ida = User.objects.create_user("ida", password=PASSWORD)
    Authenticator.objects.create(user=ida, type="totp", data={})
    call_command("user", "disable-2fa", "ida")
    assert not Authenticator.objects.exists()
    call_command("user", "promote", "ida", "--role", "moderator")
    ida.refresh_from_db()
    assert (ida.is_staff, ida.is_superuser) == (True, False)
    assert [group.name for group in ida.groups.all()] == ["Moderator"]
    call_command("user", "promote", "ida", "--role", "superuser")
    ida.refresh_from_db()
    assert ida.is_superuser


def test_a_test_mail_goes_out_or_says_why(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("send_test_mail", "ida@films.example")
    assert "Sent to ida@films.example" in capsys.readouterr().out
    assert [message.to for message in mail.outbox] == [["ida@films.example"]]
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    with pytest.raises(CommandError, match="It was not taken"):
        call_command("send_test_mail", "ida@films.example")
    settings.EMAIL_BACKEND, settings.LOCAL = UNSENT, False
    with pytest.raises(CommandError, match="EMAIL_URL"):
        call_command("send_test_mail", "ida@films.example")


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

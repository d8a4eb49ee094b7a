"""``manage.py user``: accounts, where nobody may open a page yet."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.core.management import CommandError, call_command

from moviesite.accounts.models import User

PASSWORD = "a-long-and-calm-evening-42"
ROOT = Path(__file__).resolve().parents[5]


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
    with pytest.raises(CommandError, match="among the first"):
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


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["ｉda", "IDA", "іda", "ida@matinee.example", "ml-1m-7"])
def test_no_command_makes_an_account_that_looks_like_another(
    monkeypatch: pytest.MonkeyPatch, password_file: str, name: str
) -> None:
    User.objects.create_user("ida")
    with pytest.raises(CommandError):
        call_command("user", "create", name, "--password-file", password_file)
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", "a-long-and-calm-evening-42")
    with pytest.raises(CommandError):
        call_command("createsuperuser", "--noinput", username=name, email="x@matinee.example")
    assert User.objects.count() == 1
    call_command("createsuperuser", "--noinput", username="ada", email="ada@matinee.example")
    assert User.objects.get(username="ada").is_superuser

"""``manage.py send_test_mail`` says whether mail goes out, and why not."""

from __future__ import annotations

import pytest
from django.core import mail
from django.core.management import CommandError, call_command
from pytest_django import Settings

from moviesite.unsent_mail import UNSENT


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

"""Sensitive actions ask again who is there, and tell the owner by mail."""

from __future__ import annotations

from smtplib import SMTPException
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.test import Client

from moviesite.accounts.models import ApiToken, User
from tests.moviesite.accounts.conftest import PASSWORD

pytestmark = pytest.mark.django_db

EXPORTS = ("/accounts/export.zip", "/accounts/export.json", "/accounts/export-letterboxd.zip")


@pytest.fixture
def long_ago(settings: Any) -> None:
    """Whatever was confirmed, it is too long ago."""
    settings.ACCOUNT_REAUTHENTICATION_TIMEOUT = 0


class Broken(EmailBackend):
    def send_messages(self, messages: Any) -> int:
        raise SMTPException("no mail today")


@pytest.mark.usefixtures("long_ago")
@pytest.mark.parametrize("path", EXPORTS)
def test_an_export_asks_again(client: Client, path: str) -> None:
    answer = client.get(path)
    assert answer.url == f"/accounts/reauthenticate/?next={path.replace('/', '%2F')}"  # type: ignore[attr-defined]
    assert mail.outbox == []


@pytest.mark.usefixtures("long_ago")
def test_a_token_an_address_and_a_factor_ask_again(client: Client) -> None:
    mine = ApiToken.objects.get()
    Authenticator.objects.all().delete()  # allauth adds no address beside a factor
    for path, fields in (
        ("/accounts/tokens/", {"name": "stolen"}),
        (f"/accounts/tokens/{mine.pk}/remove/", {}),
        ("/accounts/email/", {"email": "new@matinee.example", "action_add": ""}),
        ("/accounts/2fa/totp/activate/", {}),
    ):
        answer = client.post(path, fields)
        assert answer.status_code == 302, path
        assert "/reauthenticate/" in answer.url, path  # type: ignore[attr-defined]
    assert ApiToken.objects.get() == mine
    assert client.get("/accounts/tokens/").status_code == 200, "looking is free"


def test_after_a_log_in_a_moment_ago_nothing_is_asked_and_the_owner_is_told(
    client: Client, ida: User
) -> None:
    assert b"".join(client.get(EXPORTS[0]).streaming_content)  # type: ignore[attr-defined]
    assert client.post("/accounts/tokens/", {"name": "script"}).status_code == 200
    assert [one.to for one in mail.outbox] == [[ida.email]] * 2
    assert "downloaded" in mail.outbox[0].body
    assert "script" in mail.outbox[1].body


def test_a_new_password_and_the_end_are_told(client: Client, ida: User) -> None:
    new = "another-calm-evening-43"
    fields = {"oldpassword": PASSWORD, "password1": new, "password2": new}
    assert client.post("/accounts/password/change/", fields).status_code == 302
    gone = client.post("/accounts/delete/", {"username": ida.username, "password": new})
    assert gone.status_code == 302
    assert [one.to for one in mail.outbox] == [[ida.email]] * 2
    assert "deleted" in mail.outbox[1].subject


def test_where_no_mail_can_be_sent_it_is_done_all_the_same(client: Client, settings: Any) -> None:
    settings.EMAIL_BACKEND = f"{__name__}.Broken"
    assert client.post("/accounts/tokens/", {"name": "script"}).status_code == 200
    assert ApiToken.objects.count() == 2

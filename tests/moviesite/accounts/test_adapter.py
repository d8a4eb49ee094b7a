"""Confirming an address, with a mail server and without one."""

from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from moviesite.unsent_mail import TELLTALE as CONSOLE

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("plain_static")]

SEND = {"action_send": "", "email": "ada@example.org"}


@pytest.fixture(autouse=True)
def fresh_limits() -> None:
    """allauth sends one address one mail within minutes."""
    cache.clear()


@pytest.fixture
def ada(django_user_model: Any) -> Client:
    client = Client()
    user = django_user_model.objects.create_user("ada", "ada@example.org")
    EmailAddress.objects.create(user=user, email=user.email, primary=True, verified=False)
    client.force_login(user)
    return client


def test_a_local_site_offers_the_link_and_then_a_second_factor(ada: Client, settings: Any) -> None:
    settings.LOCAL, settings.EMAIL_BACKEND = True, CONSOLE
    shown = ada.get("/accounts/2fa/").content.decode()
    assert "once ada@example.org is confirmed" in shown
    shown = ada.post("/accounts/email/", SEND, follow=True).content.decode()
    assert "Confirmation email sent" not in shown
    assert "Confirm this address" in shown
    link = ada.session["confirm_here"]["link"]
    ada.post(link)
    assert EmailAddress.objects.get(email="ada@example.org").verified
    assert "Confirm this address" not in ada.get("/accounts/email/").content.decode()
    assert "is confirmed" not in ada.get("/accounts/2fa/").content.decode()


@pytest.mark.parametrize("page", ["mfa_index", "second-factor"])
def test_a_second_factor_that_cannot_be_set_up_yet_has_no_link(
    ada: Client, settings: Any, page: str
) -> None:
    settings.MATINEE_STAFF_NEEDS_SECOND_FACTOR = True
    links = [reverse("mfa_activate_totp"), reverse("mfa_add_webauthn")]
    shown = ada.get(reverse(page)).content.decode()
    assert "once ada@example.org is confirmed" in shown
    assert not [link for link in links if link in shown]
    EmailAddress.objects.update(verified=True)
    shown = ada.get(reverse(page)).content.decode()
    assert not [link for link in links if link not in shown]


def test_a_site_without_a_mail_server_says_so(ada: Client, settings: Any) -> None:
    settings.LOCAL, settings.EMAIL_BACKEND = False, CONSOLE
    shown = ada.post("/accounts/email/", SEND, follow=True).content.decode()
    assert "This site has no mail server" in shown
    assert "Confirm this address" not in shown
    assert "confirm_here" not in ada.session


def test_a_site_with_one_sends_the_link(ada: Client, settings: Any, mailoutbox: list[Any]) -> None:
    settings.LOCAL = False
    shown = ada.post("/accounts/email/", SEND, follow=True).content.decode()
    assert "Confirmation email sent to ada@example.org." in shown
    assert len(mailoutbox) == 1


def test_words_of_the_account_pages_begin_with_one_capital() -> None:
    shown = Client().get("/accounts/login/").content.decode()
    assert "Sign in" in shown
    assert "Sign In" not in shown


def test_rules_of_a_password_are_not_said_twice() -> None:
    sent = {"username": "eve", "email": "eve@example.org", "password1": "evening42x"}
    shown = Client().post("/accounts/signup/", sent).content.decode()
    assert shown.lower().count("at least 12 letters") == 1

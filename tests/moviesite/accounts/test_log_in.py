"""Logging in from a tab whose form has become stale, and signing up where no mail can be sent."""

import re
import socket
from typing import Any

import pytest
from django.core import mail
from django.test import Client

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("plain_static")]

PASSWORD = "a-long-and-calm-evening-42"
STALE = "x" * 64


@pytest.fixture
def tab(django_user_model: Any) -> Client:
    django_user_model.objects.create_user("ada", "ada@example.org", PASSWORD)
    return Client(enforce_csrf_checks=True)


def form(tab: Client, page: str = "/accounts/login/?next=/taste/") -> dict[str, str]:
    shown = tab.get(page).content.decode()
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', shown)
    assert token
    return {"login": "ada", "password": PASSWORD, "csrfmiddlewaretoken": token[1]}


def test_a_stale_form_is_offered_anew_and_then_works(tab: Client) -> None:
    stale = {**form(tab), "csrfmiddlewaretoken": STALE}
    answer = tab.post("/accounts/login/?next=/taste/", stale)
    assert answer["Location"] == "/accounts/login/?next=/taste/"
    assert "Please try once more" in tab.get(answer["Location"]).content.decode()
    assert "_auth_user_id" not in tab.session
    answer = tab.post("/accounts/login/?next=/taste/", form(tab))
    assert answer["Location"] == "/taste/"


def test_who_logged_in_in_another_tab_meanwhile_is_taken_on(tab: Client) -> None:
    old = form(tab)
    tab.post("/accounts/login/", form(tab))
    answer = tab.post("/accounts/login/?next=/taste/", old)
    assert tab.get(answer["Location"])["Location"] == "/taste/"


@pytest.mark.parametrize("page", ["/accounts/login/", "/accounts/signup/"])
def test_a_form_of_another_origin_is_refused(tab: Client, page: str) -> None:
    sent = form(tab, page)
    answer = tab.post(page, sent, headers={"Origin": "https://elsewhere.example"})
    assert answer.status_code == 403


def test_a_browser_without_cookies_is_refused(tab: Client) -> None:
    answer = tab.post("/accounts/login/", {"login": "ada", "password": PASSWORD})
    assert answer.status_code == 403


@pytest.fixture
def mail_server_away(settings: Any) -> Any:
    settings.ACCOUNT_EMAIL_VERIFICATION = "mandatory"
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    with socket.socket() as taken:  # bound and not listening: whoever connects is refused
        taken.bind(("127.0.0.1", 0))
        settings.EMAIL_HOST, settings.EMAIL_PORT = taken.getsockname()
        yield settings


def test_a_sign_up_whose_mail_cannot_be_sent_may_be_tried_again(
    mail_server_away: Any, django_user_model: Any
) -> None:
    browser = Client(raise_request_exception=False)
    joining = {"username": "ida", "email": "ida@example.org", "password1": PASSWORD}
    answer = browser.post("/accounts/signup/", joining)
    assert answer.status_code == 503
    assert answer["Retry-After"]
    assert not django_user_model.objects.filter(username="ida").exists()
    mail_server_away.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    assert browser.post("/accounts/signup/", joining).status_code == 302
    assert [one.to for one in mail.outbox] == [["ida@example.org"]]


def test_a_new_password_whose_mail_cannot_be_sent_may_be_asked_for_again(
    mail_server_away: Any, tab: Client
) -> None:
    browser = Client(raise_request_exception=False)
    answer = browser.post("/accounts/password/reset/", {"email": "ada@example.org"})
    assert answer.status_code == 503

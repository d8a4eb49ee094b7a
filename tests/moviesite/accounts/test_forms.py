"""Signing up leads to the first films to rate; logging in leads home, or back."""

import re
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from catalog.models import Movie
from moviesite.accounts.models import User

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("plain_static")]

WELCOME = "/welcome/"
PASSWORD = "a-long-and-calm-evening-42"


@pytest.fixture
def must_verify(settings: Any) -> None:
    settings.ACCOUNT_EMAIL_VERIFICATION = "mandatory"


def sign_up(client: Client, name: str) -> Any:
    """Under a name of its own in each test: mail to one address is limited, across tests."""
    fields = {"username": name, "email": f"{name}@matinee.example", "password1": PASSWORD}
    return client.post("/accounts/signup/", fields)


def log_in(client: Client, name: str, address: str = "/accounts/login/") -> Any:
    return client.post(address, {"login": name, "password": PASSWORD})


def confirm(client: Client) -> Any:
    """Follow the link of the mail and press its button."""
    link = re.search(r"http://testserver(/accounts/confirm-email/\S+)", str(mail.outbox[-1].body))
    assert link is not None
    assert client.get(link[1]).status_code == 200
    return client.post(link[1])


def test_a_new_member_lands_among_films_to_rate() -> None:
    Movie.objects.create(title="Heat", year=1995)
    client = Client()
    answer = sign_up(client, "ida")
    assert (answer.status_code, answer.url) == (302, WELCOME)
    page = client.get(answer.url)
    assert page.status_code == 200
    assert [card.movie.title for card in page.context["cards"]] == ["Heat"]
    assert reverse("home") in page.content.decode(), "who wants to skip it can"


@pytest.mark.usefixtures("must_verify")
def test_the_mail_leads_there_in_the_browser_that_signed_up() -> None:
    client = Client()
    assert sign_up(client, "jun").url == reverse("account_email_verification_sent")
    answer = confirm(client)
    assert answer.url == WELCOME
    assert client.get(WELCOME).status_code == 200, "already logged in"


@pytest.mark.usefixtures("must_verify")
def test_the_mail_leads_there_in_another_browser_after_logging_in() -> None:
    sign_up(Client(), "kai")
    other = Client()
    answer = confirm(other)
    assert answer.url == f"/accounts/login/?next={WELCOME}"
    assert not answer.wsgi_request.user.is_authenticated
    assert log_in(other, "kai", answer.url).url == WELCOME


def test_who_is_a_member_already_goes_home_or_back() -> None:
    User.objects.create_user("ida", "ida@matinee.example", PASSWORD)
    assert log_in(Client(), "ida").url == reverse("home")
    assert log_in(Client(), "ida", "/accounts/login/?next=/movies/").url == "/movies/"

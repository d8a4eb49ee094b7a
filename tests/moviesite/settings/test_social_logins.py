"""Members who come by another provider: a real one of OpenID Connect, in a process of its own."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
import requests
from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount
from django.core.cache import cache
from django.core.exceptions import ImproperlyConfigured
from django.core.mail import EmailMessage
from django.http import HttpResponse
from django.test import Client
from pytest_django import Settings

from moviesite.accounts.models import Invitation, User
from moviesite.accounts.sign_up import path_of, set_sign_up
from moviesite.environment import Environment
from moviesite.settings.social_logins import social_providers
from tests.oidc_provider import oidc_provider

CLAIMS = {
    "sub": "sub-of-ida",
    "preferred_username": "ida",
    "email": "ida@films.example",
    "email_verified": True,
}
LOG_IN = "/accounts/oidc/oidc/login/"
# The values by which a provider's client is known.
CLIENT = {"OIDC_CLIENT_ID": "films", "OIDC_CLIENT_SECRET": "a-secret", "OIDC_NAME": "Our house"}


@pytest.fixture(scope="module")
def provider() -> Iterator[str]:
    with oidc_provider(CLAIMS) as address:
        yield address


@pytest.fixture
def house(
    provider: str, settings: Settings, monkeypatch: pytest.MonkeyPatch, plain_static: None, db: None
) -> Iterator[None]:
    """A site that is closed to others and knows the provider."""
    for name, value in {**CLIENT, "OIDC_SERVER_URL": provider}.items():
        monkeypatch.setenv(name, value)
    settings.SOCIALACCOUNT_PROVIDERS = social_providers(Environment())
    set_sign_up("closed")
    yield
    cache.clear()


def come(client: Client, subject: str = "sub-of-ida", process: str = "login") -> HttpResponse:
    """To the provider, where one says who one is, and back."""
    away = client.get(f"{LOG_IN}?process={process}")
    assert away.status_code == 302
    assert "code_challenge=" in away["Location"]
    back = requests.post(
        away["Location"], {"sub": subject}, timeout=10, allow_redirects=False
    ).headers["Location"]
    parts = urlsplit(back)
    assert (parts.netloc, parts.path) == ("testserver", "/accounts/oidc/oidc/login/callback/")
    answer: HttpResponse = client.get(f"{parts.path}?{parts.query}")
    return answer


@pytest.mark.usefixtures("house")
def test_whom_the_houses_own_provider_knows_becomes_a_member() -> None:
    client = Client()
    page = client.get("/accounts/login/").content.decode()
    assert re.search(rf'href="{LOG_IN}[^"]*"', page)
    assert "Our house" in page
    assert come(client).status_code == 302
    ida = User.objects.get(username="ida")
    assert not ida.has_usable_password()
    assert EmailAddress.objects.get(user=ida).verified
    assert client.get("/accounts/profile/").status_code == 200
    again = Client()
    come(again)
    assert again.session["_auth_user_id"] == str(ida.pk)
    assert SocialAccount.objects.count() == 1


@pytest.mark.usefixtures("house")
def test_a_name_that_is_taken_does_not_open_the_other_account() -> None:
    other = User.objects.create_user("ida", "other@films.example")
    client = Client()
    come(client)
    newcomer = SocialAccount.objects.get().user
    assert newcomer != other
    assert newcomer.username != "ida"


@pytest.mark.usefixtures("house")
def test_an_address_of_another_member_does_not_either() -> None:
    other = User.objects.create_user("eve", "ida@films.example")
    EmailAddress.objects.create(user=other, email=other.email, verified=True, primary=True)
    client = Client()
    come(client)
    assert "_auth_user_id" not in client.session
    assert not SocialAccount.objects.exists()


@pytest.mark.usefixtures("house")
def test_a_member_joins_it_to_an_account_and_parts_again() -> None:
    eve = User.objects.create_user("eve", "eve@films.example", "a-long-and-calm-evening-42")
    client = Client()
    fields = {"login": "eve", "password": "a-long-and-calm-evening-42"}
    assert client.post("/accounts/login/", fields).status_code == 302
    come(client, process="connect")
    assert SocialAccount.objects.get().user == eve
    later = Client()
    come(later)
    assert later.session["_auth_user_id"] == str(eve.pk)


@pytest.mark.usefixtures("plain_static", "db")
@pytest.mark.parametrize("provider", ["oidc", "github", "of-old"])
def test_an_account_of_a_provider_that_is_gone_can_be_removed(
    provider: str, mailoutbox: list[EmailMessage]
) -> None:
    eve = User.objects.create_user("eve", "eve@films.example", "a-long-and-calm-evening-42")
    account = SocialAccount.objects.create(user=eve, provider=provider, uid="sub-of-eve")
    client = Client()
    fields = {"login": "eve", "password": "a-long-and-calm-evening-42"}
    assert client.post("/accounts/login/", fields).status_code == 302
    address = "/accounts/3rdparty/"
    link = f'href="{address}"'
    assert link in client.get("/accounts/profile/").content.decode()
    assert provider in client.get(address).content.decode()
    assert client.post(address, {"account": account.pk}).status_code == 302
    assert not SocialAccount.objects.exists()
    assert provider in mailoutbox[-1].body
    assert link not in client.get("/accounts/profile/").content.decode()


@pytest.mark.usefixtures("plain_static", "db")
def test_a_provider_that_is_gone_lets_nobody_in() -> None:
    assert Client().get("/accounts/oidc/of-old/login/").status_code == 404


@pytest.mark.usefixtures("house")
def test_where_it_is_wished_they_may_only_come_in_as_others_sign_up(settings: Settings) -> None:
    settings.OIDC_SIGN_UP = False
    client = Client()
    assert "Sign-up is closed" in come(client).content.decode()
    assert not User.objects.exists()
    invitation = Invitation.objects.create(uses=1)
    client.get(path_of(invitation))
    come(client)
    invitation.refresh_from_db()
    assert (User.objects.count(), invitation.used) == (1, 1)


@pytest.mark.usefixtures("house")
def test_an_answer_that_was_not_asked_for_opens_nothing() -> None:
    client = Client()
    client.get("/accounts/oidc/oidc/login/callback/?code=made-up&state=made-up")
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize(
    ("environment", "missing"),
    [
        ({"OIDC_SERVER_URL": "https://id.example"}, "OIDC_CLIENT_ID must be set"),
        ({"SOCIAL_LOGINS": "github"}, "SOCIAL_GITHUB_CLIENT_ID must be set"),
        ({"SOCIAL_LOGINS": "myspace"}, "SOCIAL_LOGINS must be names of"),
    ],
)
def test_half_a_setting_is_named(
    monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], missing: str
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(ImproperlyConfigured, match=missing):
        social_providers(Environment())


def test_public_providers_are_offered_by_name() -> None:
    """In a process of its own: which there are is a matter of what is installed."""
    code = (
        "import django; django.setup()\n"
        "from allauth.socialaccount.providers import registry\n"
        "from django.conf import settings\n"
        "print(*(registry.get_class(name).id for name in settings.SOCIALACCOUNT_PROVIDERS))"
    )
    keys = {
        f"SOCIAL_{name}_CLIENT_{part}": "x"
        for name in ("DISCORD", "GITHUB", "GITLAB", "GOOGLE", "MICROSOFT")
        for part in ("ID", "SECRET")
    }
    environment = {
        **os.environ,
        **keys,
        "SOCIAL_LOGINS": "discord, github,gitlab,google,microsoft",
        "DJANGO_SETTINGS_MODULE": "moviesite.settings",
    }
    told = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True
    )
    assert told.stdout.split() == ["discord", "github", "gitlab", "google", "microsoft"]

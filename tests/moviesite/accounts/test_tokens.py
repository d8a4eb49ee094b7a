"""API tokens: shown once, kept as a hash, removed by their owner alone."""

from typing import Any

import pytest
from django.contrib.auth import authenticate
from django.test import Client

from moviesite.accounts.models import ApiToken, User
from moviesite.accounts.tokens import PREFIX, create_token

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def plain_static(settings: Any) -> None:
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }


@pytest.fixture
def ada() -> User:
    return User.objects.create_user("ada", "ada@example.org")


@pytest.fixture
def client(ada: User) -> Client:
    client = Client()
    client.force_login(ada)
    return client


def test_a_token_is_shown_once_and_works(client: Client, ada: User) -> None:
    made = client.post("/accounts/tokens/", {"name": "my script"})
    text = made.context["text"]
    assert text.startswith(PREFIX)
    assert text in made.content.decode()
    assert authenticate(None, api_token=text) == ada
    again = client.get("/accounts/tokens/")
    assert text not in again.content.decode()
    assert "my script" in again.content.decode()
    stored = ApiToken.objects.values().get()
    assert all(text not in str(value) for value in stored.values())


def test_a_token_needs_a_name(client: Client) -> None:
    assert client.post("/accounts/tokens/", {"name": " "}).status_code == 422
    assert not ApiToken.objects.exists()


def test_only_its_owner_removes_a_token(client: Client, ada: User) -> None:
    mine, _ = create_token(ada, "mine")
    other, _ = create_token(User.objects.create_user("eve", "eve@example.org"), "hers")
    assert client.post(f"/accounts/tokens/{other.pk}/remove/").status_code == 404
    assert client.get(f"/accounts/tokens/{mine.pk}/remove/").status_code == 405
    assert client.post(f"/accounts/tokens/{mine.pk}/remove/").status_code == 302
    assert list(ApiToken.objects.all()) == [other]


def test_visitors_have_no_tokens() -> None:
    assert Client().get("/accounts/tokens/").status_code == 302

"""API tokens: shown once, kept as a hash, removed by their owner alone."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth import authenticate
from django.test import Client
from django.utils import timezone

from moviesite.accounts.models import ApiToken, User
from moviesite.accounts.tokens import MOST_TOKENS, PREFIX, create_token

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


def status(text: str, method: str = "get") -> int:
    headers = {"Authorization": f"Bearer {text}"}
    sent = getattr(Client(), method)("/api/v1/me/filters", headers=headers)
    return int(sent.status_code)


def test_a_token_that_may_only_read_changes_nothing(ada: User) -> None:
    _, text = create_token(ada, "reader", scope="read")
    assert status(text) == 200
    assert status(text, "delete") == 403
    _, text = create_token(ada, "writer")
    assert status(text, "delete") == 204


def test_a_token_ends_on_its_day(ada: User) -> None:
    token, text = create_token(ada, "short", expires_at=timezone.now() + timedelta(hours=1))
    assert status(text) == 200
    ApiToken.objects.filter(pk=token.pk).update(expires_at=timezone.now())
    assert status(text) == 401


def test_a_token_ends_with_the_password_where_that_is_wished(ada: User) -> None:
    _, kept = create_token(ada, "kept")
    _, ended = create_token(ada, "ended", ends_with_password=True)
    assert (status(kept), status(ended)) == (200, 200)
    ada.set_password("a-long-and-calm-evening-42")
    ada.save()
    assert (status(kept), status(ended)) == (200, 401)


def test_a_member_has_a_number_of_tokens_and_ended_ones_do_not_count(
    client: Client, ada: User
) -> None:
    for number in range(MOST_TOKENS):
        token, _ = create_token(ada, f"script {number}")
    full = client.post("/accounts/tokens/", {"name": "one more"})
    assert full.status_code == 422
    assert "remove one first" in full.content.decode()
    ApiToken.objects.filter(pk=token.pk).update(expires_at=timezone.now())
    assert client.post("/accounts/tokens/", {"name": "one more"}).context["text"]
    assert ApiToken.objects.count() == MOST_TOKENS


def test_the_form_says_what_a_token_may_and_how_long(client: Client, ada: User) -> None:
    sent = {"name": "reader", "scope": "read", "days": "30", "ends_with_password": "on"}
    assert client.post("/accounts/tokens/", sent).context["text"]
    token = ApiToken.objects.get()
    assert token.scope == "read"
    assert token.expires_at is not None
    assert timedelta(days=29) < token.expires_at - timezone.now() < timedelta(days=31)
    assert token.password_digest
    assert client.post("/accounts/tokens/", {"name": "x", "scope": "admin"}).status_code == 422
    ada.is_staff = True
    ada.save()
    assert client.post("/accounts/tokens/", {"name": "x", "scope": "admin"}).context["text"]

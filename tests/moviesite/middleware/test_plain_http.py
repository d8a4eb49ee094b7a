"""Where the site is for HTTPS, browsers are led there and programs are refused."""

from __future__ import annotations

import pytest
from django.test import Client
from pytest_django import Settings

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("plain_static")]


@pytest.fixture(autouse=True)
def https(settings: Settings) -> Settings:
    settings.SECURE_SSL_REDIRECT = True
    return settings


def test_a_page_leads_to_its_encrypted_self(client: Client) -> None:
    answer = client.get("/movies/?q=film")
    assert answer.status_code == 301
    assert answer["Location"] == "https://testserver/movies/?q=film"


@pytest.mark.parametrize("method", ["get", "post", "put", "delete"])
def test_the_api_is_refused_and_not_redirected(client: Client, method: str) -> None:
    answer = getattr(client, method)("/api/v1/movies", headers={"Authorization": "Bearer secret"})
    assert answer.status_code == 403
    assert answer["Content-Type"] == "application/problem+json"
    assert "https://" in answer.json()["detail"]
    assert "Location" not in answer


@pytest.mark.parametrize("address", ["/hooks/secret", "/feeds/secret.rss", "/feeds/secret.ics"])
def test_addresses_that_are_secrets_are_refused_too(client: Client, address: str) -> None:
    answer = client.post(address)
    assert answer.status_code == 403
    assert "secret" not in answer.content.decode()


def test_with_tls_all_is_answered(client: Client) -> None:
    assert client.get("/api/v1/movies", secure=True).status_code == 200
    assert client.get("/feeds/unknown.rss", secure=True).status_code == 404


def test_a_site_without_https_is_asked_without(client: Client, settings: Settings) -> None:
    settings.SECURE_SSL_REDIRECT = False
    assert client.get("/api/v1/movies").status_code == 200

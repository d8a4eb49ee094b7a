"""Requests a minute: counted for each token, session or address, and told."""

from typing import Any

from django.test import Client

from moviesite.accounts.tokens import create_token


def test_what_is_left_is_told_and_then_refused(client: Client, settings: Any) -> None:
    settings.MATINEE_API_RATE = 2
    answers = [client.get("/api/v1/openapi.json") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert all(one["RateLimit-Policy"] == '"minute";q=2;w=60' for one in answers)
    left = [one["RateLimit"].split(";")[1] for one in answers]
    assert left == ["r=1", "r=0", "r=0"]
    assert 1 <= int(answers[2]["Retry-After"]) <= 60
    assert answers[2].json()["detail"] == "Too many requests."


def test_each_token_has_its_own(client: Client, ada: Any, settings: Any) -> None:
    settings.MATINEE_API_RATE = 1
    bearers = [f"Bearer {create_token(ada, name)[1]}" for name in "ab"]

    def status(bearer: str) -> int:
        return client.get("/api/v1/me/profile", headers={"Authorization": bearer}).status_code

    assert [status(bearers[0]), status(bearers[0]), status(bearers[1])] == [200, 429, 200]


def test_made_up_credentials_have_no_count_of_their_own(client: Client, settings: Any) -> None:
    settings.MATINEE_API_RATE = 2
    for made_up in ("one", "two"):
        client.cookies["sessionid"] = made_up
        assert client.get("/api/v1/openapi.json").status_code == 200
    client.cookies["sessionid"] = "three"
    assert client.get("/api/v1/openapi.json").status_code == 429
    headers = {"Authorization": "Bearer four"}
    assert Client().get("/api/v1/openapi.json", headers=headers).status_code == 429


def test_nothing_is_counted_without_a_limit(client: Client, settings: Any) -> None:
    settings.MATINEE_API_RATE = 0
    assert "RateLimit" not in client.get("/api/v1/openapi.json")

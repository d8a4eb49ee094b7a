"""The account in the JSON API."""

import json
from typing import Any

import pytest
from django.test import Client

PROFILE = "/api/v1/me/profile"


def patch(member: Client, **values: Any) -> Any:
    return member.patch(PROFILE, values, content_type="application/json")


def test_what_is_named_changes_and_the_rest_stays(member: Client) -> None:
    before = member.get(PROFILE).json()
    assert before["username"] == "ada"
    changed = patch(member, is_public=True).json()
    assert changed == {**before, "is_public": True}
    assert patch(member, username="ada.l").json()["username"] == "ada.l"
    assert member.get(PROFILE).json() == {**changed, "username": "ada.l"}


@pytest.mark.parametrize("value", [0, 1, "true", "on", []])
def test_yes_and_no_are_no_numbers_and_no_words(member: Client, value: Any) -> None:
    answer = patch(member, is_public=value)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["loc"][-1] == "is_public"
    assert member.get(PROFILE).json()["is_public"] is False


@pytest.mark.parametrize("name", ["", "x" * 200, "a b", "eve"])
def test_a_name_that_cannot_be_changes_nothing(
    member: Client, django_user_model: Any, name: str
) -> None:
    django_user_model.objects.create_user("eve")
    answer = patch(member, username=name, is_public=True)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["loc"] == ["body", "username"]
    assert member.get(PROFILE).json()["is_public"] is False


def test_the_export_is_the_accounts(member: Client) -> None:
    answer: Any = member.get("/api/v1/me/export")
    document = json.loads(b"".join(answer.streaming_content))
    assert document["account"][0]["username"] == "ada"
    assert len(document["ratings"]) == 6

"""A request with a key happens once a day, however often it is sent."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from catalog.models import MovieList
from moviesite.accounts.models import KeptAnswer

LISTS = "/api/v1/me/lists"


def make(client: Client, title: str, key: str) -> Any:
    headers = {"Idempotency-Key": key}
    body = {"title": title}
    return client.post(LISTS, body, content_type="application/json", headers=headers)


def test_the_same_key_is_answered_as_the_first_time(member: Client) -> None:
    first, second = make(member, "Rain", "k1"), make(member, "Rain", "k1")
    assert first.status_code == second.status_code == 201
    assert first.json() == second.json()
    assert "Idempotency-Replayed" not in first
    assert second["Idempotency-Replayed"] == "true"
    assert MovieList.objects.count() == 1
    assert make(member, "Rain", "k2").json()["id"] != first.json()["id"]


def test_a_key_is_for_one_request(member: Client) -> None:
    make(member, "Rain", "k1")
    answer = make(member, "Snow", "k1")
    assert answer.status_code == 422
    assert "another request" in answer.json()["detail"]
    assert MovieList.objects.count() == 1


def test_a_key_is_for_one_upload(member: Client) -> None:
    """
    GIVEN a file that was uploaded under a key
    WHEN it comes again, and then another of the same length
    THEN the first is answered as before, and the other is refused
    """

    def upload(text: bytes) -> Any:
        file = SimpleUploadedFile("ratings.csv", text)
        headers = {"Idempotency-Key": "k1"}
        return member.post("/api/v1/me/imports", {"file": file}, headers=headers)

    first = upload(b"Title,Year,Rating\nHeat,1995,4\n")
    again = upload(b"Title,Year,Rating\nHeat,1995,4\n")
    assert first.status_code < 300
    assert (again.status_code, again.content) == (first.status_code, first.content)
    assert upload(b"Title,Year,Rating\nHeat,1995,5\n").status_code == 422


def test_a_key_is_for_one_member_and_one_day(member: Client, django_user_model: Any) -> None:
    make(member, "Rain", "k1")
    eve = Client()
    eve.force_login(django_user_model.objects.create_user("eve"))
    assert make(eve, "Rain", "k1").status_code == 201
    assert MovieList.objects.count() == 2
    KeptAnswer.objects.update(created_at=timezone.now() - timedelta(days=2))
    assert make(member, "Rain", "k1").status_code == 201
    assert MovieList.objects.count() == 3
    assert KeptAnswer.objects.count() == 1, "old ones are forgotten"


def test_a_stranger_gets_no_kept_answer(member: Client) -> None:
    make(member, "Rain", "k1")
    assert make(Client(), "Rain", "k1").status_code == 401
    forger = Client(enforce_csrf_checks=True)
    forger.cookies = member.cookies
    assert make(forger, "Rain", "k1").status_code == 403


@pytest.mark.parametrize("key", ["x" * 256, "\x07"])
def test_a_key_that_is_none_is_refused(member: Client, key: str) -> None:
    assert make(member, "Rain", key).status_code == 400
    assert not MovieList.objects.exists()

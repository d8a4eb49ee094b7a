"""Imports in the JSON API: sent, read by the worker, applied, taken back."""

from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from catalog.member_import.request import begin
from catalog.member_import.worker import work
from catalog.models import MemberImport, Movie, Rating

IMPORTS = "/api/v1/me/imports"
JSON = "application/json"


@pytest.fixture(autouse=True)
def no_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("catalog.member_import.request.send", lambda *_: None)


def send(member: Client, text: str) -> Any:
    file = SimpleUploadedFile("ratings.csv", text.encode())
    return member.post(IMPORTS, {"file": file})


def state(member: Client, key: int) -> str:
    return str(member.get(f"{IMPORTS}/{key}").json()["state"])


def test_a_file_is_sent_applied_and_undone(member: Client, films: list[Movie]) -> None:
    film = films[30]
    made = send(member, f"Name,Year,Rating\n{film.title},{film.year},4.5\n")
    assert made.status_code == 202, made.content
    key = made.json()["id"]
    assert made.json()["state"] == "reading"
    work(key)
    assert state(member, key) == "preview"
    for _ in range(2):
        answer = member.post(f"{IMPORTS}/{key}/apply", {}, content_type=JSON)
        assert answer.status_code == 202, answer.content
    work(key)
    assert state(member, key) == "applied"
    assert Rating.objects.get(movie=film).stars == 4.5
    assert member.delete(f"{IMPORTS}/{key}").status_code == 409
    assert member.post(f"{IMPORTS}/{key}/undo").status_code == 202
    work(key)
    assert not Rating.objects.filter(movie=film).exists()
    assert member.get(IMPORTS).json()["count"] == 1
    assert member.delete(f"{IMPORTS}/{key}").status_code == 204
    assert not MemberImport.objects.exists()


def test_an_empty_file_is_refused(member: Client) -> None:
    assert send(member, "").status_code == 422
    assert member.post(IMPORTS, {}).status_code == 422
    assert not MemberImport.objects.exists()


def test_what_is_not_read_yet_cannot_be_applied(member: Client) -> None:
    key = send(member, "Name,Year,Rating\nA,2000,4\n").json()["id"]
    answer = member.post(f"{IMPORTS}/{key}/apply", {}, content_type=JSON)
    assert answer.status_code == 409
    assert "reading" in answer.json()["detail"]


def test_another_members_import_is_not_there(member: Client) -> None:
    eve = get_user_model().objects.create_user("eve")
    job = begin(user_id=eve.pk, file_name="hers.csv", content=b"Name\nA\n")
    assert member.get(f"{IMPORTS}/{job.pk}").status_code == 404
    assert member.post(f"{IMPORTS}/{job.pk}/undo").status_code == 404
    assert member.delete(f"{IMPORTS}/{job.pk}").status_code == 204
    assert MemberImport.objects.exists()

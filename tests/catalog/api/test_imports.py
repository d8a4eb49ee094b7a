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


def patch(member: Client, key: int, row: int, **decision: object) -> Any:
    return member.patch(f"{IMPORTS}/{key}/rows/{row}", decision, content_type=JSON)


def answer(member: Client, key: int, **answers: str) -> Any:
    return member.post(f"{IMPORTS}/{key}/answers", {"answers": answers}, content_type=JSON)


def test_a_film_that_two_titles_fit_is_told_by_the_api(member: Client, films: list[Movie]) -> None:
    """
    GIVEN a file with a title that two films have, and one that none has
    WHEN a program asks what is open, names the film, and leaves the other out
    THEN the import is written as it says
    """
    Movie.objects.filter(pk__in=[films[0].pk, films[1].pk]).update(
        title="Solaris", search_title=Movie.folded_titles("Solaris", "")
    )
    file = "Name,Year,Rating\nSolaris,,4.5\nNobody Made This,1999,3\nNobody Made This,1999,3\n"
    key = send(member, file).json()["id"]
    work(key)
    rows = f"{IMPORTS}/{key}/rows"
    told = member.get(rows, {"outcome": "unmatched"}).json()
    assert {row["title"] for row in told["items"]} == {"Solaris", "Nobody Made This"}
    solaris = next(row for row in told["items"] if row["title"] == "Solaris")
    assert {one["id"] for one in solaris["suggestions"]} == {films[0].pk, films[1].pk}
    assert (solaris["movie"], solaris["rating"], solaris["kind"]) == (None, 4.5, "rating")

    chosen = patch(member, key, solaris["id"], movie=films[1].pk).json()
    assert (chosen["movie"]["id"], chosen["outcome"]) == (films[1].pk, "new")
    other = next(row for row in told["items"] if row["title"] != "Solaris")
    assert patch(member, key, other["id"], left_out=True).json()["outcome"] == "left-out"
    assert member.get(rows, {"outcome": "unmatched"}).json()["count"] == 0
    assert patch(member, key, other["id"]).status_code == 422
    assert patch(member, key, other["id"], movie=2**60).status_code == 422
    assert patch(member, key, 2**60, left_out=True).status_code == 404

    member.post(f"{IMPORTS}/{key}/apply", {}, content_type=JSON)
    work(key)
    [rating] = Rating.objects.all()
    assert (rating.movie_id, rating.stars) == (films[1].pk, 4.5)
    assert patch(member, key, solaris["id"], movie=None).status_code == 409


def test_whose_stars_count_is_told_row_by_row(member: Client, films: list[Movie]) -> None:
    film = films[5]
    member.put(f"/api/v1/me/ratings/{film.pk}", {"rating": 2}, content_type=JSON)
    key = send(member, f"Name,Year,Rating\n{film.title},{film.year},4.5\n").json()["id"]
    work(key)
    [row] = member.get(f"{IMPORTS}/{key}/rows", {"outcome": "conflict"}).json()["items"]
    assert row["take"] == "rule"
    assert patch(member, key, row["id"], take="theirs").json()["take"] == "theirs"
    member.post(f"{IMPORTS}/{key}/apply", {"on_conflict": "mine"}, content_type=JSON)
    work(key)
    assert Rating.objects.get(movie=film).stars == 4.5


def test_questions_about_the_file_are_listed_and_answered(
    member: Client, films: list[Movie]
) -> None:
    """Whether the day or the month comes first: nothing in the file tells."""
    film = films[30]
    text = f"title,year,rating,date rated\n{film.title},{film.year},4,03/04/2021\n"
    key = send(member, text).json()["id"]
    work(key)
    asked = {one["key"]: one for one in member.get(f"{IMPORTS}/{key}/questions").json()["items"]}
    [days] = [one for one in asked.values() if one["topic"] == "dates"]
    assert days["required"]
    assert "03/04/2021" in days["examples"]
    assert member.get(f"{IMPORTS}/{key}").json()["questions"] == 1
    assert member.post(f"{IMPORTS}/{key}/apply", {}, content_type=JSON).status_code == 409

    for wrong in ({days["key"]: "year-first"}, {"dates:elsewhere": days["options"][0]}):
        refused = answer(member, key, **wrong)
        assert refused.status_code == 422
        assert refused.json()["errors"][0]["loc"] == ["body", "answers", *wrong]
    columns = {one["about"].rpartition(": ")[2]: one for one in asked.values()}
    assert columns["rating"]["guess"] == "rating"
    [scale] = [one for one in asked.values() if one["topic"] == "scale"]
    told = answer(member, key, **{days["key"]: "day-first", scale["key"]: "10"})
    assert (told.status_code, told.json()["state"]) == (202, "reading")
    assert answer(member, key, **{days["key"]: "day-first"}).status_code == 409
    work(key)
    assert member.get(f"{IMPORTS}/{key}").json()["questions"] == 0
    member.post(f"{IMPORTS}/{key}/apply", {}, content_type=JSON)
    work(key)
    rating = Rating.objects.get(movie=film)
    assert (rating.stars, f"{rating.rated_at:%Y-%m-%d}") == (2, "2021-04-03")


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
    assert member.get(f"{IMPORTS}/{job.pk}/rows").status_code == 404
    assert answer(member, job.pk, other="value").status_code == 404
    assert member.delete(f"{IMPORTS}/{job.pk}").status_code == 204
    assert MemberImport.objects.exists()

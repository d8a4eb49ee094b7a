"""The export: complete, readable as CSV and JSON, without secrets and without formulas."""

import csv
import io
import json
import zipfile
from typing import Any

import pytest
from django.test import Client

from catalog.services.ratings import rate
from moviesite.accounts.exporting import CHUNK_BYTES, cell, csv_archive, json_document
from moviesite.accounts.models import ApiToken, User
from moviesite.accounts.privacy import PARTS
from tests.moviesite.accounts.conftest import named
from tests.recommender.world import World

pytestmark = pytest.mark.django_db


def downloaded(client: Client, path: str) -> bytes:
    answer = client.get(path)
    assert answer.status_code == 200
    assert answer.streaming
    assert "no-store" in answer["Cache-Control"]
    assert answer["Content-Disposition"].startswith('attachment; filename="matinee-')
    return b"".join(answer.streaming_content)  # type: ignore[arg-type]


def tables(archive: bytes) -> dict[str, list[dict[str, str]]]:
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        assert opened.testzip() is None
        return {
            name.removesuffix(".csv"): list(
                csv.DictReader(io.TextIOWrapper(opened.open(name), "utf-8", newline=""))
            )
            for name in opened.namelist()
        }


def test_both_have_every_part_with_something_in_it(client: Client, ida: User) -> None:
    document = json.loads(downloaded(client, "/accounts/export.json"))
    files = tables(downloaded(client, "/accounts/export.zip"))
    names = {part.name for part in PARTS}
    assert set(files) == names
    assert set(document) == names | {"exported_at"}
    for part in PARTS:
        assert document[part.name], f"the fixture must have something of {part.name}"
        assert len(document[part.name]) == len(files[part.name]), part.name
        assert list(document[part.name][0]) == list(files[part.name][0]) == list(part.columns)


def test_what_stands_in_them(client: Client, ida: User, world: World) -> None:
    document = json.loads(downloaded(client, "/accounts/export.json"))
    files = tables(downloaded(client, "/accounts/export.zip"))
    assert [row["rating"] for row in document["ratings"]] == [4.5, 0.5, 3.0]
    assert [row["rating"] for row in files["ratings"]] == ["4.5", "0.5", "3.0"]
    first = files["ratings"][0]
    assert (first["title"], first["year"], first["movielens_id"]) == ("Film 00", "1950", "1")
    assert first["imdb_id"] == ""
    assert document["watchlist"][0]["title"] == "Film 05"
    assert document["hidden_films"][0]["title"] == "Film 06"
    assert document["diary"][0]["watched_on"] == files["diary"][0]["watched_on"] == "2026-11-01"
    assert [row["title"] for row in files["list_films"]] == ["Film 08", "Film 07"]
    assert files["list_films"][0]["list_id"] == files["lists"][0]["id"]
    assert document["preferences"][0]["include_genres"] == ["Comedy", "Drama"]
    assert files["preferences"][0]["languages"] == "en; fr"
    assert files["preferences"][0]["show_adult"] == "false"
    assert document["account"][0]["username"] == ida.username
    assert document["second_factors"][0]["name"] == "Ida's key"
    assert document["api_tokens"][0]["name"] == "Ida's script"


def test_no_secret_is_in_them(client: Client, ida: User) -> None:
    everything = downloaded(client, "/accounts/export.json").decode()
    everything += str(tables(downloaded(client, "/accounts/export.zip")))
    ida.refresh_from_db()
    session = client.session.session_key
    assert session
    for secret in (ApiToken.objects.get().token_hash, ida.password, session, '"s3"'):
        assert secret not in everything


def test_nobody_else_is_in_them(client: Client, ida: User, world: World) -> None:
    other = User.objects.create_user("other", "other@matinee.example")
    rate(user_id=other.pk, movie=world.movies[40], stars=1)
    everything = downloaded(client, "/accounts/export.json").decode()
    assert "other" not in everything
    assert "Film 40" not in everything


def test_a_visitor_gets_none(plain_static: None) -> None:
    for path in ("/accounts/export.json", "/accounts/export.zip"):
        assert Client().get(path).url.startswith("/accounts/login/")  # type: ignore[attr-defined]


def test_titles_are_no_formulas(ida: User) -> None:
    movie = named('=HYPERLINK("http://evil.example";"Heat")', movielens_id=99, imdb_id="tt0113277")
    rate(user_id=ida.pk, movie=movie, stars=5)
    rows = tables(b"".join(csv_archive(ida)))["ratings"]
    assert rows[-1]["title"] == '\'=HYPERLINK("http://evil.example";"Heat")'
    assert rows[-1]["imdb_id"] == "tt0113277"
    assert json.loads(b"".join(json_document(ida)))["ratings"][-1]["title"] == movie.title


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("@SUM(1)", "'@SUM(1)"),
        ("-30-", "'-30-"),
        ("+1", "'+1"),
        ("\t=1", "'\t=1"),
        (" =1", "' =1"),
        ("\n=1", "'\n=1"),
        ("＝1", "'＝1"),
        ("Amélie, 2001", "Amélie, 2001"),
        ("1=1", "1=1"),
        (-1.5, -1.5),
        (True, "true"),
        (None, None),
        (["=1", "b"], "'=1; b"),
        ({"a": 1}, '{"a": 1}'),
    ],
)
def test_cells(value: Any, expected: Any) -> None:
    assert cell(value) == expected


def test_it_comes_in_pieces(ida: User, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    for movie in world.movies:
        rate(user_id=ida.pk, movie=movie, stars=2.5)
    whole = b"".join(json_document(ida))
    monkeypatch.setattr("moviesite.accounts.exporting.CHUNK_BYTES", 500)
    pieces = list(json_document(ida))
    assert len(whole) < CHUNK_BYTES
    assert len(pieces) > 10
    assert len(json.loads(b"".join(pieces))["ratings"]) == len(world.movies)

"""The export: complete, readable as CSV and JSON and by an import, without secrets or formulas."""

import csv
import io
import json
import zipfile
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client

from catalog.member_import import request
from catalog.models import (
    DiaryEntry,
    HiddenMovie,
    ImportRow,
    MemberImport,
    Movie,
    MovieList,
    Rating,
    SeenMovie,
    Sharing,
    WatchlistEntry,
)
from catalog.services.ratings import rate
from moviesite.accounts.export import CHUNK_BYTES, cell, csv_archive, json_document
from moviesite.accounts.models import ApiToken, User
from moviesite.accounts.privacy import PARTS
from recommender.models import Preferences
from tests.catalog.member_import.conftest import applied, undone, worked
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
        if part.name != "account_events":  # of which each export makes one
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
    assert [row["watched_on"] for row in document["seen_films"]] == ["2026-10-31", None]
    assert [row["watched_on"] for row in files["seen_films"]] == ["2026-10-31", ""]
    assert document["diary"][0]["watched_on"] == files["diary"][0]["watched_on"] == "2026-11-01"
    assert [row["title"] for row in files["list_films"]] == ["Film 08", "Film 07"]
    assert files["list_films"][0]["list_id"] == files["lists"][0]["id"]
    assert document["preferences"][0]["include_genres"] == ["Comedy", "Drama"]
    assert files["preferences"][0]["languages"] == "en; fr"
    assert files["preferences"][0]["show_adult"] == "false"
    assert document["account"][0]["username"] == ida.username
    assert document["account"][0]["watch_together"] is False
    assert document["account"][0]["findable"] is True
    assert document["second_factors"][0]["name"] == "Ida's key"
    assert document["api_tokens"][0]["name"] == "Ida's script"


def test_what_is_shared_stands_in_them_also_where_nothing_was_chosen(ida: User) -> None:
    Sharing.objects.all().delete()
    account = json.loads(b"".join(json_document(ida)))["account"][0]
    choices = {one.name: one.default for one in Sharing._meta.fields if one.name != "user"}
    assert {name: account[name] for name in choices} == choices


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
    rate(user_id=other.pk, movie=world.movies[40], half_stars=2)
    everything = downloaded(client, "/accounts/export.json").decode()
    assert "other" not in everything
    assert "Film 40" not in everything


def test_a_visitor_gets_none(plain_static: None) -> None:
    for path in ("/accounts/export.json", "/accounts/export.zip"):
        assert Client().get(path).url.startswith("/accounts/login/")  # type: ignore[attr-defined]


def test_titles_are_no_formulas(ida: User) -> None:
    movie = named('=HYPERLINK("http://evil.example";"Heat")', movielens_id=99, imdb_id="tt0113277")
    rate(user_id=ida.pk, movie=movie, half_stars=10)
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
        rate(user_id=ida.pk, movie=movie, half_stars=5)
    whole = b"".join(json_document(ida))
    monkeypatch.setattr("moviesite.accounts.export.CHUNK_BYTES", 500)
    pieces = list(json_document(ida))
    assert len(whole) < CHUNK_BYTES
    assert len(pieces) > 10
    assert len(json.loads(b"".join(pieces))["ratings"]) == len(world.movies)


def kept(user: User) -> dict[str, list[tuple[Any, ...]]]:
    """All rows of what a member has, as exactly as they are kept, but for keys of rows."""

    def rows(queryset: Any, *columns: str) -> list[tuple[Any, ...]]:
        return list(queryset.filter(user=user).order_by("movie_id").values_list("movie", *columns))

    lists = MovieList.objects.filter(user=user).order_by("pk")
    return {
        "ratings": rows(Rating.objects, "half_stars", "rated_at"),
        "watchlist": rows(WatchlistEntry.objects, "added_at"),
        "seen": rows(SeenMovie.objects, "watched_on", "marked_at"),
        "hidden": rows(HiddenMovie.objects, "hidden_at"),
        "diary": list(
            DiaryEntry.objects.filter(user=user)
            .order_by("movie_id", "watched_on")
            .values_list("movie", "watched_on", "half_stars", "rewatch", "note", "created_at")
        ),
        "lists": list(
            lists.values_list("title", "description", "is_public", "created_at", "updated_at")
        ),
        "list_films": [
            tuple(one.entries.order_by("position").values_list("movie", "note", "added_at"))
            for one in lists
        ],
        "preferences": list(
            Preferences.objects.filter(user=user).values_list(
                "include_genres", "exclude_genres", "year_from", "year_to", "runtime_from",
                "runtime_to", "languages", "show_adult", "popularity", "diversity",
            )
        ),
        "waiting": list(
            ImportRow.objects.filter(member_import__user=user, outcome="waiting")
            .order_by("kind", "position")
            .values_list("kind", "title", "year", "half_stars", "happened_at", "note")
        ),
    }  # fmt: skip


@pytest.fixture
def lived(ida: User, world: World) -> User:
    """With what is hard to bring back: formulas, apostrophes, paragraphs, lists of one name."""
    movies = world.movies
    rate(user_id=ida.pk, movie=named("-30-", movielens_id=99), half_stars=5)
    Movie.objects.filter(pk=movies[5].pk).update(title="'71", year=None)
    DiaryEntry.objects.filter(user=ida).update(note="'=1+1\n\n  “quoted”, and; more\n")
    DiaryEntry.objects.create(user=ida, movie=movies[0], watched_on="2020-01-01", rewatch=True)
    SeenMovie.objects.create(user=ida, movie=movies[0])
    MovieList.objects.create(user=ida, title="Favourites", description="@home")
    empty = MovieList.objects.create(user=ida, title="=Empty", description="line\nline")
    assert empty.size if hasattr(empty, "size") else not empty.entries.exists()
    second = MovieList.objects.create(user=ida, title="Gaps")
    for position, movie in ((7, movies[3]), (3, movies[4]), (12, movies[20])):
        second.entries.create(movie=movie, position=position, note="-x")
    Preferences.objects.filter(user=ida).update(popularity=-0.5, diversity=0.25, runtime_to=180)
    return ida


@pytest.mark.parametrize(("export", "name"), [(csv_archive, "a.zip"), (json_document, "a.json")])
def test_an_export_is_a_backup_of_all_rows(
    lived: User,
    monkeypatch: pytest.MonkeyPatch,
    export: Callable[[User], Iterator[bytes]],
    name: str,
) -> None:
    monkeypatch.setattr(request, "send", lambda *message, **options: True)
    newcomer = User.objects.create_user("newcomer")
    job = request.begin(user_id=newcomer.pk, file_name=name, content=export(lived))
    job = worked(job)
    assert job.source == "matinee"
    assert job.report["problem_count"] == 0, job.report
    assert {"profile", "people"} == {why for _, why in job.report["files_aside"]}, "and said so"
    job = applied(job)
    before = kept(lived)
    assert kept(newcomer) == before
    assert all(before.values())
    again = request.begin(user_id=newcomer.pk, file_name=name, content=export(lived))
    applied(worked(again))
    now = kept(newcomer)
    assert {**now, "waiting": before["waiting"]} == before, "twice is the same as once"
    undone(MemberImport.objects.get(pk=again.pk))
    undone(job)
    assert not any(kept(newcomer).values())


def test_what_is_chosen_here_stays(lived: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(request, "send", lambda *message, **options: True)
    newcomer = User.objects.create_user("newcomer")
    Preferences.objects.create(user=newcomer, year_from=1999)
    job = request.begin(user_id=newcomer.pk, file_name="a.json", content=json_document(lived))
    job = applied(worked(job))
    assert job.result["preferences_taken"] is False
    assert Preferences.objects.get(user=newcomer).year_from == 1999

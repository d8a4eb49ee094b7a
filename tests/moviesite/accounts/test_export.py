"""The export: complete, readable as CSV and JSON and by an import, without secrets or formulas."""

import csv
import io
import json
import zipfile
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db.models import DateTimeField, F, Func
from django.test import Client

from catalog.member_import import request
from catalog.member_import.worker import work
from catalog.models import (
    DiaryEntry,
    MemberImport,
    Movie,
    Rating,
    SeenMovie,
    Sharing,
    WatchlistEntry,
)
from catalog.services.ratings import rate
from moviesite.accounts.export import CHUNK_BYTES, cell, csv_archive, json_document
from moviesite.accounts.models import ApiToken, User
from moviesite.accounts.privacy import PARTS
from tests.catalog.member_import.conftest import applied, worked
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


def belongings(user: User) -> list[set[tuple[object, ...]]]:
    """Ratings, watchlist, diary and films seen. JSON has times to the millisecond."""
    rated = Rating.objects.filter(user=user).annotate(at=TruncMillisecond("rated_at"))
    kept = WatchlistEntry.objects.filter(user=user).annotate(at=TruncMillisecond("added_at"))
    seen = SeenMovie.objects.filter(user=user).annotate(at=TruncMillisecond("marked_at"))
    diary = DiaryEntry.objects.filter(user=user)
    return [
        set(rated.values_list("movie", "half_stars", "at")),
        set(kept.values_list("movie", "at")),
        set(seen.values_list("movie", "watched_on", "at")),
        set(diary.values_list("movie", "watched_on", "half_stars", "rewatch")),
    ]


class TruncMillisecond(Func):
    template = "date_trunc('milliseconds', %(expressions)s)"
    output_field = DateTimeField()


@pytest.mark.parametrize("export", [csv_archive, json_document])
def test_an_export_is_imported_as_it_was(
    ida: User, world: World, export: type, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(request, "send", lambda *message: True)
    # Titles that an export keeps from being calculated, and films that only ids tell.
    Movie.objects.filter(pk=world.movies[0].pk).update(title="-30-")
    Movie.objects.filter(pk=world.movies[5].pk).update(title="'71", year=None)
    other = User.objects.create_user("other")
    content = b"".join(export(ida))
    job = request.begin(user_id=other.pk, file_name="matinee-ida", content=content)
    assert job.source == "matinee"
    work(job.pk)
    job.refresh_from_db()
    assert job.report["problem_count"] == 0, job.report
    assert not job.rows.exclude(title=F("movie__title")).exists()
    request.ask_apply(job, "newest")
    work(job.pk)
    assert MemberImport.objects.get(pk=job.pk).state == "applied"
    assert belongings(other) == belongings(ida)
    assert all(belongings(ida))


def kept(user: User) -> dict[str, list[tuple[Any, ...]]]:
    def rows(queryset: Any, *columns: str) -> list[tuple[Any, ...]]:
        return list(queryset.filter(user=user).order_by("movie_id").values_list("movie", *columns))

    return {
        "ratings": rows(Rating.objects, "half_stars", "rated_at"),
        "watchlist": rows(WatchlistEntry.objects, "added_at"),
        "seen": rows(SeenMovie.objects, "watched_on", "marked_at"),
        "diary": rows(DiaryEntry.objects, "watched_on", "half_stars", "rewatch"),
    }


@pytest.mark.parametrize(("export", "name"), [(csv_archive, "a.zip"), (json_document, "a.json")])
def test_it_comes_back_as_it_was(
    ida: User,
    monkeypatch: pytest.MonkeyPatch,
    export: Callable[[User], Iterator[bytes]],
    name: str,
) -> None:
    monkeypatch.setattr(request, "send", lambda *message, **options: True)
    rate(user_id=ida.pk, movie=named("-30-", movielens_id=99), half_stars=5)
    newcomer = User.objects.create_user("newcomer")
    job = request.begin(user_id=newcomer.pk, file_name=name, content=b"".join(export(ida)))
    applied(worked(job))
    assert kept(newcomer) == kept(ida)
    assert len(kept(newcomer)["ratings"]) == 4

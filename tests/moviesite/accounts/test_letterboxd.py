"""The export for Letterboxd and others: complete, in files of a size that can be imported."""

import csv
import io
import zipfile
from datetime import date

import pytest
from django.test import Client

from catalog.member_import import request
from catalog.models import DiaryEntry, Rating, SeenMovie, WatchlistEntry
from catalog.services.ratings import rate
from moviesite.accounts import letterboxd
from moviesite.accounts.letterboxd import COLUMNS, letterboxd_archive
from moviesite.accounts.models import User
from tests.catalog.member_import.conftest import applied, worked
from tests.recommender.world import World

pytestmark = pytest.mark.django_db


def tables(content: bytes) -> dict[str, list[dict[str, str]]]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {
            name: list(csv.DictReader(io.StringIO(archive.read(name).decode(), newline="")))
            for name in archive.namelist()
        }


def test_viewings_ratings_and_films_seen_have_rows(client: Client, ida: User) -> None:
    answer = client.get("/accounts/export-letterboxd.zip")
    assert "letterboxd-" in answer["Content-Disposition"]
    files = tables(b"".join(answer.streaming_content))  # type: ignore[attr-defined]
    assert list(files) == ["films-1.csv", "watchlist.csv"]
    viewed, *others = files["films-1.csv"]
    assert tuple(viewed) == COLUMNS
    assert (viewed["Title"], viewed["Rating"], viewed["WatchedDate"], viewed["Review"]) == (
        "Film 00",
        "4.5",
        "2026-11-01",
        "Wept.",
    )
    assert [row["Rating"] for row in others] == ["0.5", "3.0", "", ""]
    assert [row["Title"] for row in files["watchlist.csv"]] == ["Film 05"]


def test_a_site_like_this_one_reads_it(ida: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(request, "send", lambda *message, **options: True)
    newcomer = User.objects.create_user("newcomer")
    content = letterboxd_archive(ida)
    job = request.begin(user_id=newcomer.pk, file_name="letterboxd.zip", content=content)
    applied(worked(job))
    for model, columns in (
        (Rating, ("movie", "half_stars")),
        (DiaryEntry, ("movie", "watched_on", "half_stars", "note")),
        (WatchlistEntry, ("movie",)),
    ):
        rows = [
            set(model.objects.filter(user=user).values_list(*columns)) for user in (ida, newcomer)
        ]
        assert rows[0] <= rows[1]
        assert rows[0]
    assert SeenMovie.objects.filter(user=newcomer).count() == 1, "and one with a day, in the diary"
    assert DiaryEntry.objects.filter(user=newcomer, watched_on=date(2026, 10, 31)).exists()


def test_large_histories_come_in_several_files(
    ida: User, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    for movie in world.movies:
        rate(user_id=ida.pk, movie=movie, half_stars=5)
    monkeypatch.setattr(letterboxd, "MOST_BYTES", 500)
    files = tables(b"".join(letterboxd_archive(ida)))
    films = [row["Title"] for name in files if "films" in name for row in files[name]]
    assert len(files) > 3
    assert len(films) == len(set(films)) == len(world.movies)

"""Rows that wait for their film: kept whole, applied when it comes, undone with their import."""

import re
from datetime import date
from html import unescape
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AbstractUser
from django.test import Client

from catalog.models import DiaryEntry, Link, MemberImport, Movie, MovieListEntry, Rating
from catalog.services.ratings import rate
from catalog.services.waiting_rows import WantedFilm, apply_waiting, films_waited_for, tell_arrived
from tests.catalog.member_import.conftest import Load, applied, film, load, sent, undone
from tests.catalog.member_import.exports import zipped

__all__ = ["load", "sent"]

IMDB = "Const,Your Rating,Date Rated,Title,Year\n"
PARASITE = IMDB + "tt6751668,9,2024-03-05,Parasite,2019\n"
LETTERBOXD = zipped(
    {
        "ratings.csv": "Date,Name,Year,Letterboxd URI,Rating\n2024-05-01,Dune,2021,https://boxd.it/a,4\n",
        "diary.csv": "Date,Name,Year,Letterboxd URI,Rating,Rewatch,Tags,Watched Date\n"
        "2024-06-02,Dune,2021,https://boxd.it/x,4,,,2024-06-01\n",
        "watchlist.csv": "Date,Name,Year,Letterboxd URI\n2024-07-01,Barbie,2023,https://boxd.it/b\n",
        "lists/sand.csv": "Letterboxd list export v7\nDate,Name,Tags,URL,Description\n"
        "2024-02-03,Sand,,u,Dry\n\nPosition,Name,Year,URL,Description\n"
        "1,Dune,2021,https://boxd.it/a,Spice\n2,Holes,2003,https://boxd.it/h,\n",
    }
)


@pytest.fixture(autouse=True)
def told(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    messages: list[Any] = []

    def keep(*message: Any) -> bool:
        messages.append(message)
        return True

    monkeypatch.setattr("catalog.services.waiting_rows.send", keep)
    return messages


def test_a_film_that_comes_gets_its_stars_with_their_day(load: Load, ada: AbstractUser) -> None:
    job = applied(load(PARASITE))
    assert job.result["waiting"] == 1
    assert films_waited_for(9) == [WantedFilm(6751668, None, "Parasite", 2019)]
    movie = film("Gisaengchung", 2019, imdb_id="tt6751668")
    assert apply_waiting([movie.pk]) == 1
    rating = Rating.objects.get(user=ada)
    assert (rating.movie, rating.half_stars, rating.rated_at.date()) == (movie, 9, date(2024, 3, 5))
    assert films_waited_for(9) == []
    assert apply_waiting([movie.pk]) == apply_waiting(None) == 0, "once"
    job.refresh_from_db()
    assert (job.result["ratings_added"], job.result["waiting"]) == (1, 0)


def test_everything_of_a_film_arrives_and_is_undone_with_its_import(
    load: Load, ada: AbstractUser
) -> None:
    holes = film("Holes", 2003)
    job = applied(load(LETTERBOXD, "letterboxd.zip"))
    assert [entry.movie for entry in MovieListEntry.objects.all()] == [holes]
    dune = film("Dune", 2021)
    assert apply_waiting([dune.pk]) == 4, "rows: two of them with stars"
    assert Rating.objects.get(user=ada).movie == dune
    entry = DiaryEntry.objects.get(user=ada)
    assert (entry.movie, entry.watched_on) == (dune, date(2024, 6, 1))
    listed = MovieListEntry.objects.order_by("position").values_list("movie", "note")
    assert list(listed) == [(dune.pk, "Spice"), (holes.pk, "")], "where it stood in the file"
    assert films_waited_for(9) == [WantedFilm(None, None, "Barbie", 2023)]

    undone(MemberImport.objects.get(pk=job.pk))
    assert not Rating.objects.exists()
    assert not DiaryEntry.objects.exists()
    assert not ada.movie_lists.exists()  # type: ignore[attr-defined]
    assert films_waited_for(9) == []


def test_a_film_of_that_name_with_another_id_is_another_film(load: Load, ada: AbstractUser) -> None:
    applied(load(PARASITE))
    namesake = film("Parasite", 2019, imdb_id="tt0000001")
    assert apply_waiting([namesake.pk]) == 0
    unknown = film("Parasite", 2019)
    assert apply_waiting([unknown.pk]) == 0, "two films of one name: nobody knows"
    Movie.objects.filter(pk=namesake.pk).delete()
    assert apply_waiting([unknown.pk]) == 1, "it has no id that says otherwise"


def test_only_the_films_that_came_are_looked_at(load: Load, ada: AbstractUser) -> None:
    applied(load(PARASITE))
    movie = film("Parasite", 2019, imdb_id="tt6751668")
    other = film("Other", 2019)
    assert apply_waiting([other.pk]) == 0
    assert apply_waiting(None) == 1
    assert Rating.objects.get(user=ada).movie == movie


def test_stars_given_here_meanwhile_stay_where_they_are_newer(
    load: Load, ada: AbstractUser
) -> None:
    applied(load(PARASITE))
    movie = film("Parasite", 2019, imdb_id="tt6751668")
    rate(user_id=ada.pk, movie=movie, half_stars=4)
    apply_waiting([movie.pk])
    assert Rating.objects.get(user=ada).half_stars == 4


def test_what_came_earlier_is_not_written_again(load: Load, ada: AbstractUser) -> None:
    alien = film("Alien", 1979, imdb_id="tt0078748")
    applied(load(PARASITE + "tt0078748,8,2020-01-01,Alien,1979\n"))
    Rating.objects.filter(movie=alien).delete()
    movie = film("Parasite", 2019, imdb_id="tt6751668")
    apply_waiting([movie.pk])
    assert [rating.movie for rating in Rating.objects.all()] == [movie], "taken away by hand"


def test_several_members_wait_for_one_film(load: Load, ada: AbstractUser) -> None:
    applied(load(PARASITE))
    rows = MemberImport.objects.get().rows.values()
    eve = get_user_model().objects.create_user("eve")
    theirs = MemberImport.objects.create(
        user=eve, source="imdb", file_name="eve.csv", state="applied"
    )
    for row in rows:
        row = {k: v for k, v in row.items() if k not in ("id", "member_import_id")}
        theirs.rows.create(**row)
    theirs.rows.create(
        position=9, file="x", line=1, kind="rating", half_stars=2, outcome="waiting",
        title="Rare", folded="rare", year=1990,
    )  # fmt: skip
    assert [one.title for one in films_waited_for(1)] == ["Parasite"], "most wanted first"
    movie = film("Parasite", 2019, imdb_id="tt6751668")
    assert apply_waiting([movie.pk]) == 2
    assert Rating.objects.filter(movie=movie).count() == 2


def test_a_worker_is_told_of_films_saved_in_the_admin(
    load: Load,
    admin_client: Client,
    told: list[Any],
    plain_static: None,
    django_capture_on_commit_callbacks: Any,
) -> None:
    movie = film("Parasite", 2019)
    link = Link.objects.get(movie=movie)
    fields = {
        "title": "Parasite",
        "year": "2019",
        "link-TOTAL_FORMS": "1",
        "link-INITIAL_FORMS": "1",
        "link-0-id": str(link.pk),
        "link-0-movie": str(movie.pk),
        "link-0-imdb_id": "tt6751668",
    }
    with django_capture_on_commit_callbacks(execute=True):
        answer = admin_client.post(f"/admin/catalog/movie/{movie.pk}/change/", fields)
    assert answer.status_code == 302, answer.content.decode()[:2000]
    assert told == [("catalog.tasks.apply_waiting_rows", [movie.pk])]
    with django_capture_on_commit_callbacks(execute=True):
        tell_arrived(range(5000))
    assert told[-1] == ("catalog.tasks.apply_waiting_rows", None), "no endless message"


def test_without_a_worker_it_is_done_at_once(
    load: Load,
    ada: AbstractUser,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: Any,
) -> None:
    monkeypatch.setattr("catalog.services.waiting_rows.send", lambda *message: False)
    applied(load(PARASITE))
    movie = film("Parasite", 2019, imdb_id="tt6751668")
    with django_capture_on_commit_callbacks(execute=True):
        tell_arrived([movie.pk])
    assert Rating.objects.get(user=ada).movie == movie


def test_editors_see_what_is_waited_for_and_not_by_whom(
    load: Load, admin_client: Client, plain_static: None, ada: AbstractUser
) -> None:
    applied(load(PARASITE))
    shown = admin_client.get("/admin/catalog/waitingrow/").content.decode()
    assert "Parasite" in shown
    assert ada.email not in shown
    found = admin_client.get("/admin/catalog/waitingrow/", {"q": "parás"}).content.decode()
    assert "tt6751668" in found


def test_an_editor_adds_a_film_that_is_waited_for(
    load: Load, admin_client: Client, plain_static: None
) -> None:
    applied(load(PARASITE))
    shown = admin_client.get("/admin/catalog/waitingrow/").content.decode()
    found = re.search(r'href="([^"]+)">Add this film<', shown)
    assert found
    form = admin_client.get(unescape(found[1])).content.decode()
    for value in ("Parasite", "2019", "tt6751668"):
        assert f'value="{value}"' in form


def test_the_member_sees_what_waits_and_may_stop_it(
    load: Load, member: Client, plain_static: None
) -> None:
    job = applied(load(PARASITE))
    page = member.get(job.get_absolute_url()).content.decode()
    assert "Waiting for these films" in page
    assert "Parasite" in page
    assert "One film of your imports is not in the catalog yet" in " ".join(
        member.get("/import/").content.decode().split()
    )
    member.post(f"/import/{job.pk}/stop-waiting/")
    assert films_waited_for(9) == []

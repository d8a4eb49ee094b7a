"""What TMDB says, on the desk and on a film's form."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import AbstractUser
from django.test import Client
from django.utils import timezone

from catalog.admin.desk import attention_for
from catalog.models import FieldProvenance, FilmRequest, Link, Movie, TmdbRefresh
from tests.stand_in_tmdb import Fault, StandInTmdb, dune

pytestmark = pytest.mark.usefixtures("plain_static")


def film() -> Movie:
    movie = Movie.objects.create(title="Dune", year=2021, runtime=90)
    Link.objects.create(movie=movie, imdb_id="tt1160419")
    return movie


def test_the_fields_that_tmdb_has_otherwise_are_offered_and_taken(
    desk: Client, tmdb: StandInTmdb
) -> None:
    tmdb.add(dune())
    movie = film()
    form = desk.get(f"/admin/catalog/movie/{movie.pk}/change/").content.decode()
    address = f"/admin/catalog/movie/{movie.pk}/propose/tmdb/"
    assert address in form
    shown = desk.get(address).content.decode()
    assert "155" in shown
    assert "Dune Collection" in shown
    assert Movie.objects.get().runtime == 90, "looking changes nothing"
    desk.post(address, {"field": ["runtime", "genres", "collection"]})
    movie = Movie.objects.get()
    assert (movie.runtime, movie.overview) == (155, "")
    assert {genre.slug for genre in movie.genres.all()} == {"science-fiction", "adventure"}
    assert movie.collection is not None
    origins = dict(FieldProvenance.objects.values_list("field", "origin"))
    assert origins == {"runtime": "tmdb", "genres": "tmdb", "collection": "tmdb"}


def test_what_tmdb_cannot_say_is_told(desk: Client, tmdb: StandInTmdb) -> None:
    movie = film()
    address = f"/admin/catalog/movie/{movie.pk}/propose/tmdb/"
    assert "no id by which TMDB" in desk.get(address, follow=True).content.decode()
    tmdb.add(dune())
    tmdb.faults = [Fault(status=401, body=b"{}")] * 9
    assert "messagelist" in desk.get(address, follow=True).content.decode()


def test_without_a_key_nothing_is_offered(desk: Client) -> None:
    movie = film()
    assert (
        "propose/tmdb" not in desk.get(f"/admin/catalog/movie/{movie.pk}/change/").content.decode()
    )


def test_refreshes_that_failed_need_attention(
    admin_client: Client, admin_user: AbstractUser, tmdb: StandInTmdb
) -> None:
    assert not [one for one in attention_for(admin_user) if "refresh" in one.text]
    movie = film()
    due = timezone.now() + timedelta(days=1)
    TmdbRefresh.objects.create(movie=movie, due_at=due, failures=2, problem="gone")
    (waiting,) = [one for one in attention_for(admin_user) if "refresh" in one.text]
    assert waiting.count == 1
    FilmRequest.objects.create(user=admin_user, tmdb_id=7, title="Seven")
    for address in (waiting.address, "/admin/catalog/filmrequest/", f"{waiting.address}?q=dune"):
        assert admin_client.get(address).status_code == 200

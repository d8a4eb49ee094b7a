"""What TMDB offers for a search, adding a film of it, and how far that is."""

from typing import Any

import pytest
from django.test import Client

from catalog.models import FilmRequest, Movie
from catalog.services.film_requests import work_on_request
from tests.markup import flat
from tests.stand_in_tmdb import Fault, StandInTmdb, dune

pytestmark = pytest.mark.usefixtures("plain_static")
HTMX = {"HTTP_HX_REQUEST": "true"}


def test_a_search_without_a_good_answer_looks_at_tmdb(
    member: Client, films: list[Movie], tmdb: StandInTmdb
) -> None:
    shown = flat(member.get("/movies/", {"q": "Dune"}))
    assert 'hx-get="/movies/elsewhere/?q=Dune"' in shown
    assert 'hx-trigger="load' in shown
    assert tmdb.asked == [], "the search itself does not wait for TMDB"


def test_a_search_with_a_good_answer_offers_it(
    member: Client, films: list[Movie], tmdb: StandInTmdb
) -> None:
    shown = flat(member.get("/movies/", {"q": "Film 05"}))
    assert "Another film? Search TMDB" in shown
    assert 'hx-trigger="load delay' not in shown


def test_nothing_is_offered_without_a_search_a_key_or_a_member(
    member: Client, films: list[Movie], tmdb: StandInTmdb, settings: Any
) -> None:
    assert "/movies/elsewhere/" not in flat(member.get("/movies/"))
    assert "/movies/elsewhere/" not in flat(Client().get("/movies/", {"q": "Dune"}))
    settings.TMDB_API_KEY = ""
    assert "/movies/elsewhere/" not in flat(member.get("/movies/", {"q": "Dune"}))


def test_suggestions_lead_there(member: Client, db: None, tmdb: StandInTmdb) -> None:
    assert "Search TMDB" in flat(member.get("/search/", {"q": "Dune"}))


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_films_of_tmdb_with_attribution(
    member: Client, tmdb: StandInTmdb, headers: dict[str, Any]
) -> None:
    tmdb.add(dune())
    shown = flat(member.get("/movies/elsewhere/", {"q": "dune"}, **headers))
    assert "Add this film" in shown
    assert "not endorsed or certified by TMDB" in shown
    assert ("<html" in shown) is (not headers)


def test_a_film_that_is_here_is_linked(member: Client, amelie: Movie, tmdb: StandInTmdb) -> None:
    tmdb.add({**dune(), "id": 194, "title": "Amélie"})
    shown = flat(member.get("/movies/elsewhere/", {"q": "amélie"}))
    assert "Already here" in shown
    assert amelie.get_absolute_url() in shown
    assert "Add this film" not in shown


def test_tmdb_does_not_answer(member: Client, tmdb: StandInTmdb) -> None:
    tmdb.faults = [Fault(401)]
    shown = flat(member.get("/movies/elsewhere/", {"q": "dune"}, **HTMX))
    assert "TMDB did not answer" in shown


def test_adding_shows_progress_and_then_the_film(member: Client, tmdb: StandInTmdb) -> None:
    tmdb.add(dune())
    answer = member.post("/movies/add/", {"tmdb": "438631", "title": "Dune"}, **HTMX)
    asked = FilmRequest.objects.get()
    assert "Waiting for its turn" in flat(answer)
    assert f'hx-get="/movies/add/{asked.pk}/"' in flat(answer)
    work_on_request(asked.pk)
    shown = flat(member.get(f"/movies/add/{asked.pk}/", **HTMX))
    movie = Movie.objects.get()
    assert movie.get_absolute_url() in shown
    assert "hx-get" not in shown


def test_without_scripts_a_page_of_its_own(member: Client, tmdb: StandInTmdb) -> None:
    answer = member.post("/movies/add/", {"tmdb": "438631", "title": "Dune"}, follow=True)
    shown = flat(answer)
    assert answer.redirect_chain == [(f"/movies/add/{FilmRequest.objects.get().pk}/", 302)]
    assert 'http-equiv="refresh"' in shown


def test_why_it_failed_and_another_try(member: Client, tmdb: StandInTmdb) -> None:
    member.post("/movies/add/", {"tmdb": "5"})
    asked = FilmRequest.objects.get()
    work_on_request(asked.pk)
    shown = flat(member.get(f"/movies/add/{asked.pk}/"))
    assert "TMDB has no such film." in shown
    assert "Try again" in shown


@pytest.mark.parametrize("key", ["", "x", "0", "-1", "99999999999", "9" * 30])
def test_no_id(member: Client, tmdb: StandInTmdb, key: str) -> None:
    assert member.post("/movies/add/", {"tmdb": key}, **HTMX).status_code == 422
    assert not FilmRequest.objects.exists()


def test_the_limit_is_told(member: Client, tmdb: StandInTmdb, settings: Any) -> None:
    settings.MATINEE_ADD_FILMS_DAILY = 1
    member.post("/movies/add/", {"tmdb": "1"})
    answer = member.post("/movies/add/", {"tmdb": "2"}, **HTMX)
    assert answer.status_code == 422
    assert answer.content.decode() == "You can add 1 film within a day."


def test_only_those_who_may(member: Client, tmdb: StandInTmdb, settings: Any) -> None:
    settings.MATINEE_ADD_FILMS = "nobody"
    assert member.post("/movies/add/", {"tmdb": "1"}, **HTMX).status_code == 422
    assert "You cannot add films" in flat(member.get("/movies/elsewhere/", {"q": "dune"}))
    assert tmdb.asked == []
    assert Client().post("/movies/add/", {"tmdb": "1"}).status_code == 302
    assert not FilmRequest.objects.exists()


def test_only_ones_own(member: Client, tmdb: StandInTmdb, django_user_model: Any) -> None:
    eve = django_user_model.objects.create_user("eve")
    other = FilmRequest.objects.create(user=eve, tmdb_id=5)
    assert member.get(f"/movies/add/{other.pk}/").status_code == 404

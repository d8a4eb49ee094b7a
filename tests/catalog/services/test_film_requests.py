"""Members ask for films: who may, how many a day, and what becomes of it."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import AbstractUser, AnonymousUser, Permission
from django.utils import timezone

from catalog.models import FilmRequest, Movie
from catalog.models.film_request import RequestProblem, RequestState
from catalog.services import film_requests
from catalog.services.film_requests import (
    DailyLimitError,
    MayNotAddError,
    ask_for_film,
    may_add,
    sweep_requests,
    work_on_request,
)
from catalog.tmdb import errors
from tests.stand_in_tmdb import Fault, StandInTmdb, bare, dune

pytestmark = pytest.mark.django_db


def test_a_film_that_was_asked_for_is_added(tmdb: StandInTmdb, ada: AbstractUser) -> None:
    tmdb.add(dune())
    request = ask_for_film(ada, tmdb_id=438631, title="Dune")
    assert (request.state, request.title) == (RequestState.WAITING, "Dune")
    work_on_request(request.pk)
    request.refresh_from_db()
    assert request.state == RequestState.DONE
    assert request.movie == Movie.objects.get()


def test_a_message_that_comes_twice_does_nothing(tmdb: StandInTmdb, ada: AbstractUser) -> None:
    tmdb.add(dune())
    request = ask_for_film(ada, tmdb_id=438631)
    work_on_request(request.pk)
    work_on_request(request.pk)
    assert len(tmdb.asked) == 1


def test_asking_twice_is_asking_once(tmdb: StandInTmdb, ada: AbstractUser) -> None:
    assert ask_for_film(ada, tmdb_id=7) == ask_for_film(ada, tmdb_id=7)


def test_what_failed_may_be_asked_for_again(tmdb: StandInTmdb, ada: AbstractUser) -> None:
    first = ask_for_film(ada, tmdb_id=7)
    work_on_request(first.pk)
    first.refresh_from_db()
    assert (first.state, first.problem) == (RequestState.FAILED, RequestProblem.NOT_THERE)
    tmdb.add(bare(7, "Late"))
    second = ask_for_film(ada, tmdb_id=7)
    assert second != first
    work_on_request(second.pk)
    assert Movie.objects.get().title == "Late"


def test_a_film_that_is_here_is_the_answer_at_once(
    tmdb: StandInTmdb, ada: AbstractUser, amelie: Movie
) -> None:
    request = ask_for_film(ada, tmdb_id=194)
    assert (request.state, request.movie) == (RequestState.DONE, amelie)


def test_a_daily_limit_for_each(tmdb: StandInTmdb, ada: AbstractUser, settings: Any) -> None:
    settings.MATINEE_ADD_FILMS_DAILY = 2
    ask_for_film(ada, tmdb_id=1)
    ask_for_film(ada, tmdb_id=2)
    with pytest.raises(DailyLimitError, match="2 films"):
        ask_for_film(ada, tmdb_id=3)
    FilmRequest.objects.update(created_at=timezone.now() - timedelta(hours=25))
    ask_for_film(ada, tmdb_id=3)


@pytest.mark.parametrize(
    ("who", "member_may", "editor_may"),
    [("members", True, True), ("editors", False, True), ("nobody", False, False)],
)
def test_who_may(
    tmdb: StandInTmdb,
    ada: AbstractUser,
    django_user_model: Any,
    settings: Any,
    who: str,
    member_may: bool,
    editor_may: bool,
) -> None:
    settings.MATINEE_ADD_FILMS = who
    editor = django_user_model.objects.create_user("ed", "ed@example.org")
    editor.user_permissions.add(Permission.objects.get(codename="add_movie"))
    assert may_add(ada) is member_may
    assert may_add(editor) is editor_may
    assert not may_add(AnonymousUser())
    if not member_may:
        with pytest.raises(MayNotAddError):
            ask_for_film(ada, tmdb_id=1)


def test_nobody_may_without_a_key(tmdb: StandInTmdb, ada: AbstractUser, settings: Any) -> None:
    settings.TMDB_API_KEY = ""
    assert not may_add(ada)


@pytest.mark.parametrize(
    ("error", "problem"),
    [
        (errors.NotThereError(""), RequestProblem.NOT_THERE),
        (errors.TooManyRequestsError("", None), RequestProblem.UNAVAILABLE),
        (errors.UnavailableError(""), RequestProblem.UNAVAILABLE),
        (errors.KeyRefusedError(""), RequestProblem.REFUSED),
        (errors.TmdbOffError(), RequestProblem.OFF),
        (errors.UnreadableError(""), RequestProblem.UNREADABLE),
    ],
)
def test_each_error_is_told(error: errors.TmdbError, problem: RequestProblem) -> None:
    assert film_requests.problem_of(error) == problem


def test_a_refused_key_is_told(tmdb: StandInTmdb, ada: AbstractUser) -> None:
    tmdb.faults = [Fault(401)]
    request = ask_for_film(ada, tmdb_id=1)
    work_on_request(request.pk)
    request.refresh_from_db()
    assert request.problem == RequestProblem.REFUSED


def test_what_broke_off_three_times_is_given_up(tmdb: StandInTmdb, ada: AbstractUser) -> None:
    request = ask_for_film(ada, tmdb_id=1)
    FilmRequest.objects.update(attempts=film_requests.MOST_ATTEMPTS, state=RequestState.WORKING)
    work_on_request(request.pk)
    request.refresh_from_db()
    assert (request.state, request.problem) == (RequestState.FAILED, RequestProblem.LOST)
    assert tmdb.asked == []


def test_the_sweep_sends_what_was_lost_and_forgets_what_is_old(
    tmdb: StandInTmdb, ada: AbstractUser, monkeypatch: pytest.MonkeyPatch
) -> None:
    lost, fresh, old = (ask_for_film(ada, tmdb_id=key) for key in (1, 2, 3))
    now = timezone.now()
    FilmRequest.objects.filter(pk=lost.pk).update(changed_at=now - timedelta(minutes=6))
    FilmRequest.objects.filter(pk=old.pk).update(
        changed_at=now - timedelta(days=31), state=RequestState.DONE
    )
    sent: list[int] = []
    monkeypatch.setattr(film_requests, "send", lambda _task, key: sent.append(key))
    sweep_requests()
    assert sent == [lost.pk]
    assert set(FilmRequest.objects.values_list("pk", flat=True)) == {lost.pk, fresh.pk}

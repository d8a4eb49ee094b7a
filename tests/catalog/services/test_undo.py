"""A step is taken back once, and only while what it left is still there."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.forms.models import model_to_dict

from catalog.models import DiaryEntry, Movie, MovieListEntry, Rating, SeenMovie, WatchlistEntry
from catalog.services.bulk_ratings import rate_one, unrate_all
from catalog.services.diary import Viewing, erase, write
from catalog.services.lists import add_films, make_list, remove_films
from catalog.services.seen import mark_seen, unmark_seen
from catalog.services.undo import ChangedSinceError, sealed, undo

pytestmark = pytest.mark.django_db
TABLES = (DiaryEntry, MovieListEntry, Rating, SeenMovie, WatchlistEntry)
DAY = date(2026, 1, 1)


@pytest.fixture
def ada() -> int:
    return get_user_model().objects.create_user("ada").pk


@pytest.fixture
def film() -> Movie:
    return Movie.objects.create(title="Alone")


def kept() -> list[list[dict[str, Any]]]:
    """All that undo may change; a list's own time of change is not among it."""
    return [[model_to_dict(row) for row in table.objects.order_by("pk")] for table in TABLES]


Step = Callable[[int, Movie], tuple[str, object]]


def rated(ada: int, film: Movie) -> tuple[str, object]:
    return "ratings", rate_one(ada, film, 9)


def unrated(ada: int, film: Movie) -> tuple[str, object]:
    return "ratings", unrate_all(ada, [film.pk])


def logged(ada: int, film: Movie) -> tuple[str, object]:
    return "diary", write(user_id=ada, movie=film, viewing=Viewing(DAY, half_stars=8)).before


def erased(ada: int, film: Movie) -> tuple[str, object]:
    entry = write(user_id=ada, movie=film, viewing=Viewing(DAY, note="again")).entry
    return "diary", erase(entry)


def marked(ada: int, film: Movie) -> tuple[str, object]:
    return "seen", mark_seen(user_id=ada, movie=film, watched_on=DAY).before


def unmarked(ada: int, film: Movie) -> tuple[str, object]:
    mark_seen(user_id=ada, movie=film)
    return "seen", unmark_seen(user_id=ada, movie=film)


def added(ada: int, film: Movie) -> tuple[str, object]:
    films = make_list(user_id=ada, title="Some")
    return "added-to-list", {"list": films.pk, "films": add_films(films, [film.pk])}


def removed(ada: int, film: Movie) -> tuple[str, object]:
    films = make_list(user_id=ada, title="Some")
    add_films(films, [film.pk])
    return "removed-from-list", {"list": films.pk, "films": remove_films(films, [film.pk])}


STEPS: list[Step] = [rated, unrated, logged, erased, marked, unmarked, added, removed]


@pytest.fixture
def begun(ada: int, film: Movie) -> None:
    rate_one(ada, film, 4)
    WatchlistEntry.objects.create(user_id=ada, movie=film)


@pytest.mark.parametrize("step", STEPS)
def test_a_step_is_taken_back_once(ada: int, film: Movie, begun: None, step: Step) -> None:
    token = sealed(ada, *step(ada, film))
    undo(ada, token)
    then = kept()
    with pytest.raises(ChangedSinceError):
        undo(ada, token)
    assert kept() == then


@pytest.mark.parametrize("step", [rated, logged, marked])
def test_the_same_action_again_brings_no_old_step_back(
    ada: int, film: Movie, begun: None, step: Step
) -> None:
    token = sealed(ada, *step(ada, film))
    undo(ada, token)
    step(ada, film)
    then = kept()
    with pytest.raises(ChangedSinceError):
        undo(ada, token)
    assert kept() == then


def test_newer_stars_stay_where_a_diary_entry_is_taken_back(ada: int, film: Movie) -> None:
    token = sealed(ada, *logged(ada, film))
    rate_one(ada, film, 3)
    with pytest.raises(ChangedSinceError):
        undo(ada, token)
    assert Rating.objects.get().half_stars == 3
    assert DiaryEntry.objects.exists()


def test_what_stands_beside_may_change(ada: int, film: Movie) -> None:
    kind, before = removed(ada, film)
    token = sealed(ada, kind, before)
    rate_one(ada, film, 3)
    undo(ada, token)
    assert MovieListEntry.objects.get().movie == film

"""Whatever entry point a rating comes by, the service writes it and tells of it once."""

import re
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import AbstractUser
from django.db import connection
from django.test import Client
from pytest_django import DjangoCaptureOnCommitCallbacks

from catalog.member_import import request
from catalog.models import HiddenMovie, MemberImport, Movie, Rating
from catalog.services import ratings
from catalog.services.bulk_ratings import unrate_all
from catalog.services.ratings import rate
from catalog.services.undo import sealed
from catalog.signals import ratings_changed
from moviesite.accounts.deletion import delete_account
from moviesite.accounts.models import User
from tests.catalog.member_import.conftest import applied, sent, undone, worked

__all__ = ["sent"]

pytestmark = pytest.mark.usefixtures("plain_static")

EntryPoint = Callable[[Client, Movie], object]

ADMIN = "/admin/catalog/rating/"
WRITES = re.compile(r'\s*(INSERT INTO|UPDATE|DELETE FROM) "?catalog_rating\b')
SITE = tuple(
    f"{Path(settings.BASE_DIR) / name}/" for name in ("catalog", "recommender", "moviesite")
)


@pytest.fixture
def writers() -> Iterator[set[str]]:
    """The files of the site that changed ratings."""
    found: set[str] = set()

    def look(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        result = execute(sql, params, many, context)
        if WRITES.match(sql) and context["cursor"].rowcount:
            names = (frame.f_code.co_filename for frame, _ in traceback.walk_stack(None))
            found.add(next(name for name in names if name.startswith(SITE)))
        return result

    with connection.execute_wrapper(look):
        yield found


@pytest.fixture
def told() -> Iterator[list[int | None]]:
    heard: list[int | None] = []

    def listen(sender: object, user_id: int | None, **_: object) -> None:
        heard.append(user_id)

    ratings_changed.connect(listen)
    yield heard
    ratings_changed.disconnect(listen)


@pytest.fixture
def staff(ada: AbstractUser, client: Client) -> Client:
    """Ada in a browser, an administrator as well."""
    User.objects.filter(pk=ada.pk).update(is_staff=True, is_superuser=True)
    client.force_login(ada, "django.contrib.auth.backends.ModelBackend")
    return client


def rater() -> User:
    return User.objects.get(username="ada")


def by_page(client: Client, movie: Movie, rating: str = "4.5") -> object:
    return client.post(f"/movies/{movie.pk}/rate/", {"rating": rating})


def by_api(client: Client, movie: Movie) -> object:
    address = f"/api/v1/me/ratings/{movie.pk}"
    return client.put(address, {"rating": 4.5}, content_type="application/json")


def by_diary(client: Client, movie: Movie) -> object:
    viewing = {"watched_on": "2020-05-01", "stars": "4.5"}
    return client.post(f"/movies/{movie.pk}/diary/", viewing)


def among_several(client: Client, movie: Movie) -> object:
    wanted = {"movie": [movie.pk], "do": "rate", "stars": "4.5"}
    return client.post("/ratings/change/", wanted)


def by_admin(client: Client, movie: Movie) -> object:
    form = {"user": rater().pk, "movie": movie.pk, "half_stars": 9}
    form |= {"rated_at_0": "2020-01-02", "rated_at_1": "03:04:05"}
    found = Rating.objects.filter(movie=movie).first()
    return client.post(f"{ADMIN}{found.pk}/change/" if found else f"{ADMIN}add/", form)


def by_import(client: Client, movie: Movie) -> MemberImport:
    row = f"2020-05-01,{movie.title},{movie.year},x,4.5"
    content = f"Date,Name,Year,Letterboxd URI,Rating\n{row}\n".encode()
    job = request.begin(user_id=rater().pk, file_name="ratings.csv", content=content)
    return applied(worked(job), "theirs")


GIVING: list[tuple[EntryPoint, bool]] = [
    *(
        (entry_point, before)
        for entry_point in (by_page, by_api, by_diary, by_admin, by_import)
        for before in (False, True)
    ),
    (among_several, True),
]


@pytest.mark.parametrize(("entry_point", "before"), GIVING)
def test_stars_are_given(
    staff: Client,
    amelie: Movie,
    told: list[int | None],
    writers: set[str],
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
    entry_point: EntryPoint,
    before: bool,
) -> None:
    if before:
        rate(user_id=rater().pk, movie=amelie, half_stars=2)
    HiddenMovie.objects.create(user=rater(), movie=amelie)
    writers.clear()
    with django_capture_on_commit_callbacks(execute=True):
        entry_point(staff, amelie)
    found = Rating.objects.get()
    assert (found.user_id, found.movie_id, found.half_stars) == (rater().pk, amelie.pk, 9)
    assert writers == {ratings.__file__}
    assert told == [rater().pk]
    assert not HiddenMovie.objects.exists()


def from_page(client: Client, movie: Movie) -> object:
    return by_page(client, movie, "")


def from_api(client: Client, movie: Movie) -> object:
    return client.delete(f"/api/v1/me/ratings/{movie.pk}")


def several(client: Client, movie: Movie) -> object:
    return client.post("/ratings/change/", {"movie": [movie.pk], "do": "delete"})


def from_admin(client: Client, movie: Movie) -> object:
    return client.post(f"{ADMIN}{Rating.objects.get().pk}/delete/", {"post": "yes"})


def several_of_admin(client: Client, movie: Movie) -> object:
    chosen = {"action": "delete_selected", "_selected_action": [Rating.objects.get().pk]}
    return client.post(ADMIN, {**chosen, "post": "yes"})


def with_the_account(client: Client, movie: Movie) -> None:
    User.objects.create_superuser("root")
    delete_account(rater())


TAKING: list[EntryPoint] = [
    from_page,
    from_api,
    several,
    from_admin,
    several_of_admin,
    with_the_account,
]


@pytest.mark.parametrize("entry_point", TAKING)
def test_stars_are_taken_away(
    staff: Client,
    amelie: Movie,
    told: list[int | None],
    writers: set[str],
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
    entry_point: EntryPoint,
) -> None:
    key = rater().pk
    rate(user_id=key, movie=amelie, half_stars=2)
    writers.clear()
    with django_capture_on_commit_callbacks(execute=True):
        entry_point(staff, amelie)
    assert not Rating.objects.exists()
    assert writers == {ratings.__file__}
    assert told == [None if entry_point is several_of_admin else key]


@pytest.mark.parametrize("before", [False, True])
def test_an_import_is_undone(
    staff: Client,
    amelie: Movie,
    told: list[int | None],
    writers: set[str],
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
    before: bool,
) -> None:
    if before:
        rate(user_id=rater().pk, movie=amelie, half_stars=2)
    job = by_import(staff, amelie)
    writers.clear()
    with django_capture_on_commit_callbacks(execute=True):
        undone(job)
    assert list(Rating.objects.values_list("half_stars", flat=True)) == [2] * before
    assert writers == {ratings.__file__}
    assert told == [rater().pk]


def test_an_action_is_undone(
    staff: Client,
    amelie: Movie,
    told: list[int | None],
    writers: set[str],
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    rate(user_id=rater().pk, movie=amelie, half_stars=2)
    rated = Rating.objects.values().get()
    step = sealed(rater().pk, "ratings", unrate_all(rater().pk, [amelie.pk]))
    writers.clear()
    with django_capture_on_commit_callbacks(execute=True):
        staff.post("/undo/", {"step": step})
    assert Rating.objects.values().get() == rated
    assert writers == {ratings.__file__}
    assert told == [rater().pk]


def test_a_rating_that_changes_hands_in_the_admin(
    staff: Client,
    amelie: Movie,
    told: list[int | None],
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    eve = User.objects.create_user("eve")
    rate(user_id=eve.pk, movie=amelie, half_stars=2)
    with django_capture_on_commit_callbacks(execute=True):
        by_admin(staff, amelie)
    assert Rating.objects.get().user_id == rater().pk
    assert told == [None], "of both"
    assert LogEntry.objects.get().object_id == str(Rating.objects.get().pk)

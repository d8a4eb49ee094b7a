"""A member's import in the recommendations: on the very next page, and for the next training."""

from importlib import import_module
from typing import Any

import pytest
from django.contrib.auth.models import AbstractUser
from django.core.cache import cache
from django.test import Client

from catalog.member_import import request
from catalog.member_import.worker import work
from catalog.models import MemberImport
from recommender.runs.sweep import SWEEP_TASK
from tests.recommender.world import World

pytestmark = pytest.mark.usefixtures("plain_static")


@pytest.fixture
def eve(world: World) -> AbstractUser:
    world.publish()
    return world.member("eve")


def imported(user: AbstractUser, world: World, places: range) -> MemberImport:
    """Letterboxd's file with five stars for some films, imported."""
    rows = "".join(
        f"2020-01-{place + 1:02},{world.movies[place].title},{world.movies[place].year},x,5\n"
        for place in places
    )
    content = f"Date,Name,Year,Letterboxd URI,Rating\n{rows}".encode()
    job = request.begin(user_id=user.pk, file_name="ratings.csv", content=content)
    work(job.pk)
    assert request.ask_apply(job, "newest")
    work(job.pk)
    job.refresh_from_db()
    assert job.result["ratings_added"] == len(places)
    return job


def shown(client: Client) -> dict[str, set[int]]:
    rows = client.get("/").context["rows"]
    return {row.key: {card.movie.pk for card in row.cards} for row in rows}


def test_home_follows_at_once_and_goes_back_with_undo(
    world: World, eve: AbstractUser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(request, "send", lambda *message: True)
    client = Client()
    client.force_login(eve)
    assert "top-picks" not in shown(client)
    job = imported(eve, world, range(1, 12, 2))
    rows = shown(client)
    assert rows["top-picks"]
    assert rows["top-picks"] <= set(world.odd)
    assert "watch-next" in rows
    assert not {movie.pk for movie in world.movies[1:12:2]} & set().union(*rows.values())
    request.ask_undo(job)
    work(job.pk)
    assert "top-picks" not in shown(client)


def test_the_schedule_of_trainings_is_nudged_once(
    world: World,
    eve: AbstractUser,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: Any,
) -> None:
    monkeypatch.setattr(request, "send", lambda *message: True)
    sent: list[str] = []
    monkeypatch.setattr(
        import_module("recommender.runs.sweep"), "send", lambda task, **options: sent.append(task)
    )
    cache.clear()
    with django_capture_on_commit_callbacks(execute=True):
        imported(eve, world, range(1, 12, 2))
    assert sent == [SWEEP_TASK]

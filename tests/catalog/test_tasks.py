"""The tasks have the names by which they are sent, and do what their modules do."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from celery import current_app
from django.contrib.auth.models import AbstractUser
from django.utils import timezone
from django_celery_beat.models import PeriodicTask

from catalog import tasks
from catalog.hooks.deliver import GATHER_TASK, SYNC_TASK
from catalog.models import ChartEntry, FieldProvenance, Movie, TmdbRefresh, WatchSync
from catalog.services.add_film import add_film
from catalog.tmdb.errors import KeyRefusedError
from moviesite.celery import app
from tests.catalog.hooks import payloads
from tests.catalog.hooks.conftest import Post, matrix, post, sent, settle, token
from tests.stand_in_tmdb import StandInTmdb, dune

__all__ = ["matrix", "post", "sent", "token"]

pytestmark = pytest.mark.django_db


def test_beat_knows_each_task() -> None:
    entries = PeriodicTask.objects.filter(task__startswith="catalog.tasks.")
    assert {
        "catalog.tasks.refresh_from_tmdb",
        "catalog.tasks.renew_charts",
        "catalog.tasks.sweep_film_requests",
    } <= set(entries.values_list("task", flat=True))
    assert set(entries.values_list("task", flat=True)) <= set(app.tasks)


def test_a_night(tmdb: StandInTmdb) -> None:
    tmdb.add(dune())
    movie = add_film(tmdb_id=438631).movie
    TmdbRefresh.objects.update(due_at=timezone.now() - timedelta(days=1))
    tmdb.films[438631]["overview"] = "Anew."
    tmdb.charts["upcoming"] = [438631]
    tasks.refresh_from_tmdb()
    tasks.renew_charts()
    assert Movie.objects.get(pk=movie.pk).overview == "Anew."
    assert ChartEntry.objects.get().movie == movie


def test_old_data_go_without_a_key_too(tmdb: StandInTmdb, settings: Any) -> None:
    tmdb.add(dune())
    movie = add_film(tmdb_id=438631).movie
    FieldProvenance.objects.update(written_at=timezone.now() - timedelta(days=181))
    settings.TMDB_API_KEY = ""
    tmdb.asked.clear()
    tasks.refresh_from_tmdb()
    tasks.renew_charts()
    assert Movie.objects.get(pk=movie.pk).overview == ""
    assert tmdb.asked == []


def test_old_data_go_when_tmdb_refuses_too(tmdb: StandInTmdb, settings: Any) -> None:
    tmdb.add(dune())
    add_film(tmdb_id=438631)
    FieldProvenance.objects.update(written_at=timezone.now() - timedelta(days=181))
    settings.TMDB_API_KEY = "f" * 32
    with pytest.raises(KeyRefusedError):
        tasks.refresh_from_tmdb()
    assert Movie.objects.get().overview == ""


def test_tasks_are_registered_by_the_names_they_are_sent_by() -> None:
    assert {GATHER_TASK, SYNC_TASK} <= set(current_app.tasks)


def test_beat_sends_the_sweep() -> None:
    names = set(PeriodicTask.objects.values_list("task", flat=True))
    assert tasks.sweep_syncs.name in names


def test_they_are_idempotent(ada: AbstractUser, matrix: Movie, post: Post) -> None:
    post(payloads.jellyfin_stop())
    sync = settle(ada)
    assert sync is not None
    for _ in range(2):
        tasks.gather_watched(ada.pk)
        tasks.work_on_sync(sync.pk)
        tasks.sweep_syncs()
    assert WatchSync.objects.get().state == "applied"

"""The tasks have the names by which they are sent, and do what their modules do."""

from __future__ import annotations

import pytest
from celery import current_app
from django.contrib.auth.models import AbstractUser
from django_celery_beat.models import PeriodicTask

from catalog import tasks
from catalog.hooks.deliver import GATHER_TASK, SYNC_TASK
from catalog.models import Movie, WatchSync
from tests.catalog.hooks import payloads
from tests.catalog.hooks.conftest import Post, matrix, post, sent, settle, token

__all__ = ["matrix", "post", "sent", "token"]


def test_tasks_are_registered_by_the_names_they_are_sent_by() -> None:
    assert {GATHER_TASK, SYNC_TASK} <= set(current_app.tasks)


@pytest.mark.django_db
def test_beat_sends_the_sweep() -> None:
    names = set(PeriodicTask.objects.values_list("task", flat=True))
    assert tasks.sweep_syncs.name in names


@pytest.mark.django_db
def test_they_are_idempotent(ada: AbstractUser, matrix: Movie, post: Post) -> None:
    post(payloads.jellyfin_stop())
    sync = settle(ada)
    assert sync is not None
    for _ in range(2):
        tasks.gather_watched(ada.pk)
        tasks.work_on_sync(sync.pk)
        tasks.sweep_syncs()
    assert WatchSync.objects.get().state == "applied"
